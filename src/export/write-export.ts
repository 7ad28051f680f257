import { pipeline } from "node:stream/promises";
import { setImmediate } from "node:timers/promises";
import type { StoredMessage } from "../domain/message.ts";
import { encodeCsv } from "./csv.ts";
import type { Encoder, EncoderOptions, MessagePages } from "./encoder.ts";
import { encodeJsonLines } from "./json-lines.ts";
import { encodeParquet } from "./parquet.ts";

/** Each is also the extension of its files. */
export const EXPORT_FORMATS = ["csv", "jsonl", "parquet"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const ENCODERS: Readonly<Record<ExportFormat, Encoder>> = {
  csv: encodeCsv,
  jsonl: encodeJsonLines,
  parquet: encodeParquet,
};

export interface ExportOptions {
  /** Pass it to the query as well: a page that is being read is waited for. */
  readonly signal: AbortSignal;
  /** Called after each page with the number of messages written so far. */
  readonly onProgress?: (rows: number) => void;
  /** Between the fields of a CSV file; Excel opens a file by double click only with its country's own. */
  readonly delimiter?: EncoderOptions["delimiter"];
}

export interface Exported {
  readonly rows: number;
  /**
   * Values that the format could not hold unchanged: in CSV texts with NUL characters or too long for a spreadsheet's
   * cell, in Parquet amounts that had to be rounded. JSON lines hold every value.
   */
  readonly inexact: number;
}

/** The reader of the output closed it before the end, as `head` does. */
export class OutputClosedError extends Error {
  override name = "OutputClosedError";
}

const CLOSED = new Set(["EPIPE", "ERR_STREAM_PREMATURE_CLOSE", "ERR_STREAM_DESTROYED"]);

/**
 * Writes messages to an output, no faster than it takes them and with a bounded part of them in memory, and ends
 * it. Only when this resolves is the file complete: all bytes have then been handed to the system and the
 * output is closed. When it rejects, with the signal's reason, an OutputClosedError or the error of the messages or the
 * output, the output is destroyed and the messages' iterator is returned; the bytes written are not a valid file.
 */
export async function writeExport(
  format: ExportFormat,
  messages: MessagePages,
  output: NodeJS.WritableStream,
  { signal, onProgress, delimiter = "," }: ExportOptions,
): Promise<Exported> {
  let rows = 0;
  let inexact = 0;
  const onInexact = () => {
    inexact += 1;
  };

  async function* counted(): AsyncGenerator<readonly StoredMessage[], void, undefined> {
    signal.throwIfAborted();
    for await (const page of messages) {
      await setImmediate(); // else timers and signals wait while messages come faster than the output is written
      signal.throwIfAborted();
      yield page;
      rows += page.length;
      onProgress?.(rows);
    }
  }

  try {
    await pipeline(ENCODERS[format](counted(), { onInexact, delimiter }), output, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw isClosed(error) ? new OutputClosedError("the output was closed early", { cause: error }) : error;
  }
  return { rows, inexact };
}

function isClosed(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && CLOSED.has(String(error.code));
}
