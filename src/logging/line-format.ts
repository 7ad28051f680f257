import winston from "winston";
import { escaped } from "../domain/printable.ts";
import type { Redactor } from "../redact/redactor.ts";

/** Marks a line that is for the files and for no stream. */
export const FILES_ONLY = Symbol("files only");

const LEVEL = Symbol.for("level");
export const MESSAGE = Symbol.for("message");

export function redacted(redactor: Redactor): winston.Logform.Format {
  return winston.format((line) => {
    const { level, [LEVEL]: symbol, [FILES_ONLY]: filesOnly } = line;
    const shown = redactor.fields(line);
    return { ...shown, level, message: shown["message"], [LEVEL]: symbol, [FILES_ONLY]: filesOnly };
  })();
}

const { combine, timestamp, json, printf } = winston.format;

export const forStreams = winston.format((line) => !line[FILES_ONLY] && line);

/** A name with an escape sequence in it must not act on the terminal that shows the log. */
const forTerminals = winston.format((line) => ({ ...line, [MESSAGE]: escaped(String(line[MESSAGE])) }))();

export const LINE_FORMATS = {
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
