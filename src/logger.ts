import winston from "winston";
import type { LogConfig } from "./config.ts";
import type { Secret } from "./domain/secret.ts";
import { FILES_ONLY, forStreams, LINE_FORMATS, MESSAGE, redacted } from "./logging/line-format.ts";
import {
  addFiles,
  type DailyFiles,
  type LogFiles,
  type OnWriteError,
  reasonOf,
} from "./logging/log-files.ts";
import { createRedactor, type Redactor } from "./redact/redactor.ts";

/** Four levels. Every line is redacted. */
export interface Logger {
  /** The run cannot go on, or ended as failed. */
  error(message: string, fields?: LogFields): void;
  /** A condition that a person should look at. */
  warn(message: string, fields?: LogFields): void;
  /** Start, end and phases. */
  info(message: string, fields?: LogFields): void;
  /** Each request and each page. */
  debug(message: string, fields?: LogFields): void;
  /** The same, with these fields on every line. */
  child(fields: LogFields): Logger;
}

export interface RootLogger extends Logger {
  /** The same, for the files only; silent without files. */
  readonly inFiles: Logger;
  /** Resolves when every line is written. Later lines go to the stream only. */
  close(): Promise<void>;
}

/** Ids, counts and field paths; never text of a guest or host. */
export type LogFields = Readonly<Record<string, unknown>>;

type Level = LogConfig["level"];

export interface LogTarget {
  readonly level: Level;
  readonly format: "json" | "pretty";
  readonly stream: NodeJS.WritableStream;
  /** Log files beside the stream; null: none. */
  readonly files?: LogFiles | null;
  /** Values that are never shown, wherever they occur. */
  readonly secrets: readonly Secret[];
}

/** Throws `ConfigError` when log files are configured and cannot be written. */
export function createLogger({ level, format, stream, files, secrets }: LogTarget): RootLogger {
  const redactor = createRedactor(secrets);
  const log = winston.createLogger({
    level,
    format: redacted(redactor),
    transports: [
      new winston.transports.Stream({
        stream,
        format: winston.format.combine(forStreams(), LINE_FORMATS[format]),
      }),
    ],
  });
  const daily = files ? addFiles(log, files, reportOnce(files, redactor, LINE_FORMATS[format])) : null;
  return {
    ...loggerFor(log, {}),
    inFiles: loggerFor(log, {}, { [FILES_ONLY]: true }),
    close: () => settledWithin(LONGEST_CLOSE_MS, flush(log, daily, stream)),
  };
}

function loggerFor(log: winston.Logger, always: LogFields, mark: object = {}): Logger {
  const at =
    (level: Level) =>
    (message: string, fields: LogFields = {}) => {
      if (log.isLevelEnabled(level))
        log.log({ ...lineOf(level, message, { ...always, ...fields }), ...mark });
    };
  return {
    error: at("error"),
    warn: at("warn"),
    info: at("info"),
    debug: at("debug"),
    child: (fields) => loggerFor(log, { ...always, ...fields }, mark),
  };
}

/**
 * A field never replaces one of the line itself: a message is appended to the line's, other names get a "_".
 */
function lineOf(level: Level, message: string, fields: LogFields) {
  const { message: more } = fields;
  const isText = typeof more === "string";
  const own = {
    timestamp: new Date().toISOString(),
    level,
    message: isText && more !== message ? `${message}: ${more}` : message,
  };
  const others = Object.entries(fields)
    .filter(([name]) => name !== "message" || !isText)
    .map(([name, value]) => [Object.hasOwn(own, name) ? `${name}_` : name, value]);
  return { ...own, ...Object.fromEntries(others) };
}

function reportOnce(
  { directory, stderr }: LogFiles,
  redactor: Redactor,
  format: winston.Logform.Format,
): OnWriteError {
  let told = false;
  return (error) => {
    if (told) return;
    told = true;
    const message = `LOG_DIR ${directory} is no longer writable, logging continues without it`;
    const fields = redactor.fields(lineOf("warn", message, { reason: reasonOf(error) }));
    const line = format.transform({ level: "warn", message, ...fields }, format.options);
    if (typeof line === "object" && stderr.writable) stderr.write(`${line[MESSAGE]}\n`);
  };
}

/** A stream that nobody reads must not keep the program from ending. */
const LONGEST_CLOSE_MS = 2_000;

async function flush(
  log: winston.Logger,
  daily: DailyFiles | null,
  stream: NodeJS.WritableStream,
): Promise<void> {
  if (daily && log.transports.includes(daily)) await daily.removeFrom(log);
  if (stream.writable) await new Promise<void>((written) => stream.write("", () => written()));
}

async function settledWithin(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((over) => {
    timer = setTimeout(over, ms);
  });
  await Promise.race([work, patience]).finally(() => clearTimeout(timer));
}
