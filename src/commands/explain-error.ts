import { types } from "node:util";
import { ConfigError } from "../config.ts";
import { ItemError, remedyForStorage } from "../domain/failure.ts";
import { inline } from "../domain/printable.ts";
import { SearchError } from "../query/search-error.ts";
import { MongoUnavailableError, StoreUnavailableError, toStorageError } from "../service/errors.ts";
import { EXIT } from "./command.ts";

/** An error in words for a person, and the exit code. */
export interface Explanation {
  readonly message: string;
  readonly exitCode: number;
}

/** Null for a bug: its stack says more than a message could. */
export function explainError(error: unknown): Explanation | null {
  if (error instanceof ConfigError) return { message: error.message, exitCode: EXIT.usage };
  if (error instanceof SearchError)
    return { message: `--${error.field}: ${error.problem}`, exitCode: EXIT.usage };
  const message = messageForPerson(error);
  return message === null ? null : { message, exitCode: EXIT.failed };
}

function messageForPerson(error: unknown): string | null {
  if (error instanceof StoreUnavailableError || error instanceof MongoUnavailableError) return error.message;
  const known = toStorageError(error, "asking the database");
  if (known instanceof ItemError && known.type === "storage_error")
    return `${sentenceCase(known.message)}. ${remedyForStorage(known.message)}`;
  return explainFileError(error);
}

function sentenceCase(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** System errors that a user can do something about. */
const FILE_TROUBLES: Readonly<Record<string, readonly [what: string, todo: string]>> = {
  ENOSPC: ["the disk is full", "Free some space, or choose a file on another disk"],
  EDQUOT: ["this user's share of the disk is used up", "Free some space, or choose a file on another disk"],
  EFBIG: ["the file would be larger than this system allows", "Choose a file on another disk"],
  EACCES: ["this user may not write there", "Choose another place, or change its permissions"],
  EPERM: ["the system does not permit it", "Choose another place, or change its permissions"],
  EROFS: ["the file system is read-only", "Choose a place that can be written to"],
  ENOENT: ["its folder does not exist", "Make the folder, or choose another place"],
  ENOTDIR: ["a part of its path is a file, not a folder", "Choose another place"],
  EISDIR: ["it is a folder", "Choose a file in it"],
  EEXIST: ["the name is taken", "Remove the other file, or choose another name"],
  ELOOP: ["its symbolic links form a loop", "Choose another place"],
  ENAMETOOLONG: ["its name is too long", "Choose a shorter one"],
  EMFILE: ["this process has too many files open", "Raise the limit (ulimit -n) and try again"],
  ENFILE: ["this machine has too many files open", "Close some programs and try again"],
  EIO: ["the disk reports an error", "Check the disk, or choose a file on another one"],
  EPIPE: [
    "the program that read the output has closed it",
    "Run it again and let that program read to the end",
  ],
};

/** Null when no file system was involved. */
export function explainFileError(error: unknown): string | null {
  if (!types.isNativeError(error) || !("code" in error)) return null;
  const code = String(error.code);
  const trouble = FILE_TROUBLES[code];
  if (!trouble) return null;
  const [what, todo] = trouble;
  const path = "path" in error && typeof error.path === "string" ? inline(error.path) : "The output";
  return `${path} cannot be written: ${what} (${code}). ${todo}.`;
}
