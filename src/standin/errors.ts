/** MongoDB's numeric error codes that a client may want to tell apart, with their names. */
const CODE_NAMES: Readonly<Record<number, string>> = {
  1: "InternalError",
  2: "BadValue",
  9: "FailedToParse",
  13: "Unauthorized",
  14: "TypeMismatch",
  15: "Overflow",
  20: "IllegalOperation",
  26: "NamespaceNotFound",
  27: "IndexNotFound",
  28: "PathNotViable",
  40: "ConflictingUpdateOperators",
  43: "CursorNotFound",
  48: "NamespaceExists",
  50: "MaxTimeMSExpired",
  52: "DollarPrefixedFieldName",
  56: "EmptyFieldName",
  57: "DottedFieldName",
  59: "CommandNotFound",
  66: "ImmutableField",
  67: "CannotCreateIndex",
  68: "IndexAlreadyExists",
  72: "InvalidOptions",
  73: "InvalidNamespace",
  85: "IndexOptionsConflict",
  86: "IndexKeySpecsConflict",
  91: "ShutdownInProgress",
  112: "WriteConflict",
  115: "CommandNotSupported",
  121: "DocumentValidationFailure",
  143: "CursorInUse",
  146: "ExceededMemoryLimit",
  166: "CommandNotSupportedOnView",
  197: "InvalidIndexSpecificationOption",
  202: "NetworkInterfaceExceededTimeLimit",
  241: "ConversionFailure",
  276: "IndexBuildAborted",
  10334: "BSONObjectTooLarge",
  11000: "DuplicateKey",
  11601: "Interrupted",
  14031: "OutOfDiskSpace",
  17280: "KeyTooLong",
};

/** The errors of DocumentDB and PostgreSQL, with their MongoDB codes. */
const CODE_OF_SQLSTATE: Readonly<Record<string, number>> = {
  M0000: 1,
  M0001: 2,
  M0003: 9,
  M0004: 14,
  M0005: 15,
  M0006: 20,
  M0008: 26,
  M0009: 27,
  M000A: 28,
  M000D: 40,
  M000E: 43,
  M000F: 48,
  M000G: 52,
  M000J: 56,
  M000K: 57,
  M000M: 66,
  M000N: 67,
  M000O: 68,
  M000P: 72,
  M000Q: 73,
  M000R: 85,
  M000S: 86,
  M000U: 115,
  M000W: 146,
  M000Z: 166,
  M0012: 197,
  M0015: 241,
  M0017: 276,
  M001B: 10334,
  M001C: 11000,
  M007U: 40324,
  M00CO: 121,
  M00EX: 50,
  M00F0: 91,
  M00F1: 112,
  "23505": 11000,
  "23P01": 11000,
  "40001": 112,
  "40P01": 112,
  "42501": 13,
  "42P01": 26,
  "53100": 14031,
  "54000": 17280,
  "57014": 11601,
  "57P01": 91,
  "57P02": 91,
  "57P03": 91,
};

const UNKNOWN = 8;
const SHUTDOWN_IN_PROGRESS = 91;
const OUT_OF_DISK_SPACE = 14_031;
/** A connection that PostgreSQL has closed, or does not open: it has crashed, and starts again or has ended. */
const LOST = /^Connection terminated|not queryable$|^(?:connect|write|read) E[A-Z]+/;

/** A refusal with a MongoDB error code, answered to the client as the command's result. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export interface Refusal {
  readonly ok: 0;
  readonly errmsg: string;
  readonly code: number;
  readonly codeName: string;
}

export function refusal(code: number, errmsg: string): Refusal {
  return { ok: 0, errmsg, code, codeName: CODE_NAMES[code] ?? `Location${code}` };
}

/** The answer to a command that threw. `isDiskFull` tells whether PostgreSQL crashed for want of room. */
export function refusalOf(error: unknown, isDiskFull: () => boolean): Refusal {
  if (error instanceof CommandError) return refusal(error.code, error.message);
  const message = error instanceof Error ? error.message : String(error);
  const sqlState = error instanceof Error && "code" in error ? String(error.code) : "";
  const code = LOST.test(message) ? SHUTDOWN_IN_PROGRESS : mongoCodeOf(sqlState, message);
  if (code !== SHUTDOWN_IN_PROGRESS || !isDiskFull()) return refusal(code, message);
  return refusal(OUT_OF_DISK_SPACE, `PostgreSQL has no space left on device: ${message}`);
}

/** Some conditions are raised under a general SQLSTATE and can only be told by their text. */
export function mongoCodeOf(sqlState: string, message: string): number {
  if (message.includes("exclusion constraint")) return 11000;
  if (/namespace (specified )?does not|namespace not found/i.test(message)) return 26;
  return CODE_OF_SQLSTATE[sqlState] ?? UNKNOWN;
}

/** Inside write results DocumentDB packs an SQLSTATE into an integer, six bits a character. */
export function mongoCode(packed: number, message: string): number {
  const characters = [0, 6, 12, 18, 24].map((shift) => String.fromCharCode(((packed >> shift) & 0x3f) + 48));
  const sqlState = characters.join("");
  return /^[0-9A-Z]{5}$/.test(sqlState) ? mongoCodeOf(sqlState, message) : packed;
}
