import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import winston from "winston";
import DailyRotateFile from "winston-daily-rotate-file";
import { ConfigError, type LogConfig } from "./config.ts";
import { escaped } from "./domain/printable.ts";
import type { Secret } from "./domain/secret.ts";
import { createRedactor, type Redactor } from "./redact.ts";

/** Four levels that mean something. Every line is redacted, whatever is handed in. */
export interface Logger {
  /** The run cannot go on, or ended as failed. */
  error(message: string, fields?: LogFields): void;
  /** Something that a person should look at. */
  warn(message: string, fields?: LogFields): void;
  /** Start, end and phases. */
  info(message: string, fields?: LogFields): void;
  /** Each request and each page. */
  debug(message: string, fields?: LogFields): void;
  /** The same, with these fields on every line. */
  child(fields: LogFields): Logger;
}

export interface RootLogger extends Logger {
  /** The same, for the files only; silent where there are none. */
  readonly inFiles: Logger;
  /** Resolves when every line is written. Later lines go to the stream only. */
  close(): Promise<void>;
}

/** Ids, counts and field paths; never text that a guest or host wrote. */
export type LogFields = Readonly<Record<string, unknown>>;

type Level = LogConfig["level"];

export interface LogTarget {
  readonly level: Level;
  readonly format: "json" | "pretty";
  readonly stream: NodeJS.WritableStream;
  /** Where the lines go as well; null: nowhere. */
  readonly files?: LogFiles | null;
  /** Values that are never shown, wherever they occur. */
  readonly secrets: readonly Secret[];
}

/** `hostaway-sync-YYYY-MM-DD.log` (UTC), always JSON lines, kept for 14 days. */
export interface LogFiles {
  readonly directory: string;
  readonly level: Level;
  /** Told once when the files cannot be written to any more; the stream goes on. */
  readonly stderr: NodeJS.WritableStream;
}

/** Throws `ConfigError` when there are to be files and they cannot be written. */
export function createLogger({ level, format, stream, files, secrets }: LogTarget): RootLogger {
  const redactor = createRedactor(secrets);
  const log = winston.createLogger({
    level,
    format: redacted(redactor),
    transports: [
      new winston.transports.Stream({ stream, format: combine(forStreams(), LINE_FORMATS[format]) }),
    ],
  });
  const daily = files ? addFiles(log, files, tellOnce(files, redactor, LINE_FORMATS[format])) : null;
  return {
    ...speakerFor(log, {}),
    inFiles: speakerFor(log, {}, { [FILES_ONLY]: true }),
    close: () => atMost(LONGEST_CLOSE_MS, flush(log, daily, stream)),
  };
}

/** Marks a line that is for the files and for no stream. */
const FILES_ONLY = Symbol("files only");

function speakerFor(log: winston.Logger, always: LogFields, mark: object = {}): Logger {
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
    child: (fields) => speakerFor(log, { ...always, ...fields }, mark),
  };
}

/** A field does not take the place of the line's own: a message is added to it, others get a "_". */
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

const LEVEL = Symbol.for("level");
const MESSAGE = Symbol.for("message");

function redacted(redactor: Redactor): winston.Logform.Format {
  return winston.format((line) => {
    const { level, [LEVEL]: symbol, [FILES_ONLY]: filesOnly } = line;
    const shown = redactor.fields(line);
    return { ...shown, level, message: shown["message"], [LEVEL]: symbol, [FILES_ONLY]: filesOnly };
  })();
}

const { combine, timestamp, json, printf } = winston.format;

const forStreams = winston.format((line) => !line[FILES_ONLY] && line);

/** A name with an escape sequence in it must not act on the terminal that shows the log. */
const forTerminals = winston.format((line) => ({ ...line, [MESSAGE]: escaped(String(line[MESSAGE])) }))();

const LINE_FORMATS = {
  json: combine(json({ deterministic: false }), forTerminals),
  pretty: combine(
    timestamp({ format: "HH:mm:ss" }),
    printf(({ timestamp: time, level, message, ...fields }) => {
      const details = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
      return [String(time), level.padEnd(5), String(message), ...details].join(" ");
    }),
    forTerminals,
  ),
} as const;

const NAME = "hostaway-sync";
const KEPT = "14d";
const MODE = 0o640;

type OnTrouble = (error: unknown) => void;

function addFiles(log: winston.Logger, files: LogFiles, onTrouble: OnTrouble): DailyFiles {
  const daily = openFiles(files, onTrouble);
  // Winston hands a transport's errors on, and an "error" that nobody hears is thrown.
  log.add(daily).on("error", onTrouble);
  return daily;
}

function openFiles({ directory, level }: LogFiles, onTrouble: OnTrouble): DailyFiles {
  const folder = resolve(directory);
  try {
    makeFolder(folder);
    const today = `${NAME}-${new Date().toISOString().slice(0, 10)}.log`;
    closeSync(openSync(join(folder, today), "a", MODE));
    const auditFile = join(folder, `.${NAME}-audit.json`);
    if (!isAudit(auditFile)) rmSync(auditFile, { force: true });
    return new DailyFiles({ dirname: folder, level, auditFile }, onTrouble);
  } catch (error) {
    throw new ConfigError(`LOG_DIR ${directory}: log files cannot be written there (${reasonOf(error)}).`);
  }
}

/** Node's own `recursive` never returns where the system says ENOENT for a folder that cannot be: below /proc, say. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another run may have been faster.
    if (!existsSync(path)) throw error;
  }
}

/** With one that it cannot read the library would never again remove an old file. */
function isAudit(file: string): boolean {
  if (!existsSync(file)) return false;
  try {
    const audit: { files?: unknown } | null = JSON.parse(readFileSync(file, "utf8"));
    return Array.isArray(audit?.files);
  } catch {
    return false;
  }
}

type DailyFileOptions = Required<
  Pick<DailyRotateFile.GeneralDailyRotateFileTransportOptions, "dirname" | "level" | "auditFile">
>;

/** The library's transport, but a full disk or a lost folder does not end the process. */
class DailyFiles extends DailyRotateFile {
  readonly #onTrouble: OnTrouble;
  /** Files that are not closed yet; after a midnight there may be two. */
  #open = 1;

  constructor(place: DailyFileOptions, onTrouble: OnTrouble) {
    super({
      ...place,
      filename: `${NAME}-%DATE%.log`,
      datePattern: "YYYY-MM-DD",
      utc: true,
      maxFiles: KEPT,
      options: { flags: "a", mode: MODE },
      format: LINE_FORMATS.json,
    });
    this.#onTrouble = onTrouble;
    // Version 5.0.0 does not listen to errors.
    this.logStream.on("error", onTrouble);
    this.logStream.on("rotate", () => {
      this.#open += 1;
    });
    this.logStream.on("close", () => {
      this.#open -= 1;
    });
  }

  /** Going over to the next day's file may throw. */
  override log(line: object, next: () => void): void {
    try {
      super.log?.(line, next);
    } catch (error) {
      this.#onTrouble(error);
      next();
    }
  }

  /** Removed from the logger it ends its file; this resolves when nothing more can be heard of it. */
  async removeFrom(log: winston.Logger): Promise<void> {
    await new Promise<void>((finished) => {
      this.once("finish", finished);
      log.remove(this);
    });
    while (this.#open > 0) await new Promise((closed) => this.logStream.once("close", closed));
  }
}

function tellOnce(
  { directory, stderr }: LogFiles,
  redactor: Redactor,
  format: winston.Logform.Format,
): OnTrouble {
  let told = false;
  return (error) => {
    if (told) return;
    told = true;
    const message = `LOG_DIR ${directory} cannot be written to any more, the log goes on without it`;
    const fields = redactor.fields(lineOf("warn", message, { reason: reasonOf(error) }));
    const line = format.transform({ level: "warn", message, ...fields }, format.options);
    if (typeof line === "object" && stderr.writable) stderr.write(`${line[MESSAGE]}\n`);
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
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

async function atMost(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((over) => {
    timer = setTimeout(over, ms);
  });
  await Promise.race([work, patience]).finally(() => clearTimeout(timer));
}
