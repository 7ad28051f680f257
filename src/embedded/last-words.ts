import { MongoInstance } from "mongodb-memory-server";

/** The last lines of a server's log that are kept. */
const LINES = 20;
const LONGEST_LOG_LINE = 500;
const DISK_FULL = /no space left on device|out of disk ?space|ENOSPC/i;

/** The last messages of this process's servers, in words for people. */
export interface LastWords {
  readonly lines: readonly string[];
  /** The line that tells why it ended; null when none does. */
  reason(): string | null;
}

/**
 * Listens to every server that is started from now on. `mongodb-memory-server` lets one listen only to a
 * server that has started, and reports only the exit code of a server that failed to start.
 */
export function listenToServers(): LastWords {
  const lines: string[] = [];
  for (const handler of ["stdoutHandler", "stderrHandler"] as const) {
    const handle = MongoInstance.prototype[handler];
    MongoInstance.prototype[handler] = function (message) {
      for (const line of String(message).split("\n")) lines.push(toWords(line).slice(0, LONGEST_LOG_LINE));
      lines.splice(0, lines.length - LINES);
      handle.call(this, message);
    };
  }
  return { lines, reason: () => reasonIn(lines) };
}

function reasonIn(lines: readonly string[]): string | null {
  const full = lines.find((line) => DISK_FULL.test(line));
  if (full !== undefined) return `the disk is full (${full})`;
  return lines.findLast((line) => line !== "") ?? null;
}

/**
 * `mongod` writes JSON: an error is its message and, among its attributes, the error. The rest is dropped.
 */
function toWords(line: string): string {
  try {
    const { s, msg, attr } = JSON.parse(line) as {
      s?: string;
      msg?: string;
      attr?: { error?: unknown; message?: unknown };
    };
    if (s !== "E" && s !== "F") return "";
    return [msg, attr?.error ?? attr?.message]
      .filter((part) => part !== undefined)
      .map(asText)
      .join(": ");
  } catch {
    return line.trim();
  }
}

function asText(part: unknown): string {
  return typeof part === "string" ? part : JSON.stringify(part);
}
