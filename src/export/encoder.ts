import type { StoredMessage } from "./columns.ts";

export type Pages = AsyncIterable<readonly StoredMessage[]>;

export interface EncoderOptions {
  /** Called for each value that the format cannot hold as it is. */
  readonly onInexact: () => void;
  /** Between the fields of a CSV file. */
  readonly delimiter: "," | ";";
}

/** Turns pages of messages into the bytes of a file, holding no more than a bounded part of them. */
export type Encoder = (pages: Pages, options: EncoderOptions) => AsyncGenerator<Uint8Array, void, undefined>;
