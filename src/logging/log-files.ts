import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type winston from "winston";
import DailyRotateFile from "winston-daily-rotate-file";
import { ConfigError, type LogConfig } from "../config.ts";
import { LINE_FORMATS } from "./line-format.ts";

/** `hostaway-sync-YYYY-MM-DD.log` (UTC), always JSON lines, kept for 14 days. */
export interface LogFiles {
  readonly directory: string;
  readonly level: LogConfig["level"];
  /** Receives one message when the files are no longer writable; the stream goes on. */
  readonly stderr: NodeJS.WritableStream;
}

const BASE_NAME = "hostaway-sync";
const RETENTION = "14d";
const MODE = 0o640;

export type OnWriteError = (error: unknown) => void;

export function addFiles(log: winston.Logger, files: LogFiles, onWriteError: OnWriteError): DailyFiles {
  const daily = openFiles(files, onWriteError);
  // Winston forwards a transport's errors, and an "error" event without a listener is thrown.
  log.add(daily).on("error", onWriteError);
  return daily;
}

function openFiles({ directory, level }: LogFiles, onWriteError: OnWriteError): DailyFiles {
  const folder = resolve(directory);
  try {
    makeFolder(folder);
    const today = `${BASE_NAME}-${new Date().toISOString().slice(0, 10)}.log`;
    closeSync(openSync(join(folder, today), "a", MODE));
    const auditFile = join(folder, `.${BASE_NAME}-audit.json`);
    if (!isAudit(auditFile)) rmSync(auditFile, { force: true });
    return new DailyFiles({ dirname: folder, level, auditFile }, onWriteError);
  } catch (error) {
    throw new ConfigError(`LOG_DIR ${directory}: log files cannot be written there (${reasonOf(error)}).`);
  }
}

/**
 * Node's own `recursive` never returns where creating a folder is impossible and fails with ENOENT: below
 * /proc, say.
 */
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

/** With an unreadable audit file the library would never again remove an old log file. */
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
export class DailyFiles extends DailyRotateFile {
  readonly #onWriteError: OnWriteError;
  /** Number of open files; after midnight there may be two. */
  #open = 1;

  constructor(place: DailyFileOptions, onWriteError: OnWriteError) {
    super({
      ...place,
      filename: `${BASE_NAME}-%DATE%.log`,
      datePattern: "YYYY-MM-DD",
      utc: true,
      maxFiles: RETENTION,
      options: { flags: "a", mode: MODE },
      format: LINE_FORMATS.json,
    });
    this.#onWriteError = onWriteError;
    // Version 5.0.0 does not listen to errors.
    this.logStream.on("error", onWriteError);
    this.logStream.on("rotate", () => {
      this.#open += 1;
    });
    this.logStream.on("close", () => {
      this.#open -= 1;
    });
  }

  /** Opening the next day's file may throw. */
  override log(line: object, next: () => void): void {
    try {
      super.log?.(line, next);
    } catch (error) {
      this.#onWriteError(error);
      next();
    }
  }

  /** Removes it from the logger, which ends its file; resolves when all files are closed. */
  async removeFrom(log: winston.Logger): Promise<void> {
    await new Promise<void>((finished) => {
      this.once("finish", finished);
      log.remove(this);
    });
    while (this.#open > 0) await new Promise((closed) => this.logStream.once("close", closed));
  }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
