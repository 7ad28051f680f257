import type { StoredMessage } from "../domain/message.ts";

export type MessagePages = AsyncIterable<readonly StoredMessage[]>;

export interface EncoderOptions {
  /** Called for each value that the format cannot hold unchanged. */
  readonly onInexact: () => void;
  /** Between the fields of a CSV file. */
  readonly delimiter: "," | ";";
}

/** Turns pages of messages into the bytes of a file, with a bounded part of them in memory. */
export type Encoder = (
  pages: MessagePages,
  options: EncoderOptions,
) => AsyncGenerator<Uint8Array, void, undefined>;
