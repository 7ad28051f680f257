import winston from "winston";
import type { LogConfig } from "./config.ts";

/** Four levels that mean something: error wakes somebody, warn is for the morning, info is the story, debug is for us. */
export interface Logger {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  /** The same, with these fields on every line. */
  child(fields: LogFields): Logger;
}

/** Ids, counts and field paths; never text that a guest or host wrote. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface LogTarget {
  readonly level: LogConfig["level"];
  readonly format: "json" | "pretty";
  readonly stream: NodeJS.WritableStream;
}

export function createLogger({ level, format, stream }: LogTarget): Logger {
  return winston.createLogger({
    level,
    format: format === "json" ? jsonLine : prettyLine,
    transports: [new winston.transports.Stream({ stream })],
  });
}

const { combine, timestamp, json, printf } = winston.format;

const jsonLine = combine(timestamp(), json());

const prettyLine = combine(
  timestamp({ format: "HH:mm:ss" }),
  printf(({ timestamp: time, level, message, ...fields }) => {
    const details = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    return [String(time), level.padEnd(5), String(message), ...details].join(" ");
  }),
);
