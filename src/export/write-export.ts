import { pipeline } from "node:stream/promises";
import { setImmediate } from "node:timers/promises";
import type { StoredMessage } from "./columns.ts";
import { encodeCsv } from "./csv.ts";
import type { Encoder, EncoderOptions, Pages } from "./encoder.ts";
import { encodeJsonLines } from "./json-lines.ts";
import { encodeParquet } from "./parquet.ts";

/** Each is also the ending of its files' names. */
export const EXPORT_FORMATS = ["csv", "jsonl", "parquet"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const ENCODERS: Readonly<Record<ExportFormat, Encoder>> = {
  csv: encodeCsv,
  jsonl: encodeJsonLines,
  parquet: encodeParquet,
};

export interface ExportOptions {
  /** Give it to the query as well: a page that is on its way is waited for. */
  readonly signal: AbortSignal;
  /** Told after each page how many messages have been taken over. */
  readonly onProgress?: (rows: number) => void;
  /** Between the fields of a CSV file; Excel opens a file by double click only with its country's own. */
  readonly delimiter?: EncoderOptions["delimiter"];
}

export interface Exported {
  readonly rows: number;
  /**
   * Values that the format could not hold as they are: texts too long for a spreadsheet's cell or with NUL
   * characters in CSV, amounts that had to be rounded in Parquet. JSON lines hold everything.
   */
  readonly inexact: number;
}

/** Whoever was reading has had enough, as `head` does. */
export class OutputClosedError extends Error {
  override name = "OutputClosedError";
}

const CLOSED = new Set(["EPIPE", "ERR_STREAM_PREMATURE_CLOSE", "ERR_STREAM_DESTROYED"]);

/**
 * Writes messages to an output, no faster than it takes them and holding no more than a bounded part of them, and
 * ends it. Only when this resolves is the file whole: everything has then been handed to the system and the output
 * is closed. When it rejects, with the signal's reason, an OutputClosedError or whatever went wrong with the messages
 * or the output, the output is destroyed and the messages' iterator is returned; what was written looks like a file
 * but is not one.
 */
export async function writeExport(
  format: ExportFormat,
  messages: Pages,
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
      await setImmediate(); // else nobody is heard while messages come faster than the output needs to wait
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
