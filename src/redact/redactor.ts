import { types } from "node:util";
import { Secret } from "./domain/secret.ts";

/** What a log line may hold; the rest is cut, and the line says how much is missing. */
const LONGEST_FIELD = 8_192;
const MOST_ENTRIES = 200;
const DEEPEST_FIELD = 8;
/** Of all that one line holds together. */
const MOST_VALUES = 10_000;
const MOST_CHARACTERS = 1_048_576;
/** Of a longer text only the beginning is looked at, and the end of that is not shown: a secret may be cut in two. */
const LONGEST_TEXT_READ = 65_536;
const NOT_SHOWN = 4_096;

const SHORTEST_SECRET = 4;

/** Takes out what must not be read: secrets, e-mail addresses, phone numbers. Never throws; takes linear time. */
export interface Redactor {
  /** The same text of any length, nothing cut. */
  text(text: string): string;
  /** A copy that is fit for JSON, all of it redacted, and cut to a sensible size. */
  fields(fields: object): Readonly<Record<string, unknown>>;
}

/** @param secrets never shown, however they are written: as they are, in a URL, in JSON */
export function createRedactor(secrets: readonly Secret[] = []): Redactor {
  const known = patternOf(secrets);
  const withoutKnown = (text: string) => (known ? text.replace(known, "[secret]") : text);
  function text(original: string): string {
    try {
      return HIDERS.reduce((shown, hide) => hide(shown), withoutKnown(original));
    } catch {
      return "[unreadable]";
    }
  }
  return { text, fields: (fields) => redactedCopy(fields, text) };
}

function patternOf(secrets: readonly Secret[]): RegExp | null {
  const spellings = secrets
    .map((secret) => secret.reveal())
    .flatMap((value) => [value, ...passwordsIn(value)])
    .flatMap(encodingsOf)
    .filter((spelling) => spelling.length >= SHORTEST_SECRET)
    .sort((a, b) => b.length - a.length)
    .map((spelling) => spelling.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"));
  return spellings.length > 0 ? new RegExp([...new Set(spellings)].join("|"), "g") : null;
}

/** The password in a URI; two of them when an unescaped `@` or `/` leaves open where it ends. */
function passwordsIn(uri: string): string[] {
  const [, rest] = uri.split(/^[a-z][\w+.-]*:\/\//i);
  if (rest === undefined) return [];
  return [rest, rest.split(/[/?#]/, 1).join("")]
    .map((text) => text.slice(0, Math.max(text.lastIndexOf("@"), 0)))
    .map((user) => user.slice(user.indexOf(":") + 1));
}

function encodingsOf(value: string): string[] {
  const encoded = encodeURIComponent(value.toWellFormed());
  return [
    value,
    uriDecoded(value),
    encoded,
    encoded.replaceAll("%20", "+"),
    JSON.stringify(value).slice(1, -1),
  ];
}

function uriDecoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

const HIDERS: readonly ((text: string) => string)[] = [
  hideUsersOfUris,
  hideAssignedSecrets,
  hideCredentials,
  hideWebTokens,
  hideEmails,
  hidePhones,
];

/** "mongodb://user:password@host" shows the host only. */
function hideUsersOfUris(text: string): string {
  const [before, ...rest] = text.split("://");
  return [before, ...rest.map(withoutUser)].join("://");
}

function withoutUser(rest: string): string {
  const [uri = ""] = /^[^\s"'<>`]*/.exec(rest) ?? [];
  const [authority = ""] = /^[^/?#]*/.exec(uri) ?? [];
  // What follows a colon and is no port is the beginning of a password with a "/" in it.
  const goesOn = !authority.startsWith("[") && authority.split(",").some((host) => /:(?!\d*$)/.test(host));
  const end = authority.includes("@") || !goesOn ? authority.lastIndexOf("@") : uri.lastIndexOf("@");
  return end < 0 ? rest : `[redacted]${rest.slice(end)}`;
}

const SECRET_NAME =
  /authorization|api[-_ ]?key|passw(?:or)?d|passphrase|token|secret|cookie|credential|private[-_ ]?key/i;

/** What nodemailer and axios call theirs; in the middle of a word or a sentence it means nothing. */
const SECRET_WORD = /^(?:auth|pass|pwd)$/i;

/** "accessTokens: 1" counts calls. */
function isSecret(name: string, value: unknown): boolean {
  if (value === null || value === undefined) return false;
  if (!SECRET_NAME.test(name) && !SECRET_WORD.test(name)) return false;
  return !(typeof value === "number" && /s$/i.test(name));
}

/** A secret's name at its end, a quote perhaps, and `:` or `=`; then a value in quotes (escaped or not) or a word. */
const ASSIGNED = new RegExp(
  [
    `((?:${SECRET_NAME.source})[\\\\"']*[ \\t]{0,4}(?:[:=]|%3[AD])[ \\t]{0,4})`,
    `(?:(\\\\+")[^"]*`,
    `|(")(?:[^"\\\\]|\\\\[^])*`,
    `|(')(?:[^'\\\\]|\\\\[^])*`,
    `|(?:(?:Bearer|Basic|Digest|Token)[ \\t]+)?[^\\s&"']+(?:(?<=;)[ \\t]+[^\\s;&"'=]+=[^\\s&"']*)*)`,
  ].join(""),
  "gi",
);

/** "client_secret=…" in a form, "token=…" in a URL, `"password":"…"` in JSON, "Cookie: …; …" in headers. */
function hideAssignedSecrets(text: string): string {
  return text.replace(
    ASSIGNED,
    (_, name: string, escaped = "", double = "", single = "") =>
      `${name}${escaped}${double}${single}[redacted]`,
  );
}

function hideCredentials(text: string): string {
  return text
    .replace(/(Bearer)(?:\s|%20|[+:="'\\]){1,8}[^\s"'<>&,;]+/gi, "$1 [redacted]")
    .replace(/(Basic)\s{1,4}([\w+/=-]{4,})/gi, (match, scheme: string, word: string) =>
      Buffer.from(word, "base64").includes(":") ? `${scheme} [redacted]` : match,
    );
}

function hideWebTokens(text: string): string {
  return text.includes("eyJ") ? text.replace(/[\w.-]+/g, withoutWebToken) : text;
}

/** A JSON Web Token: what begins with `{"` in base64, and after a dot goes on. */
function withoutWebToken(word: string): string {
  const parts = word.split(".");
  const found = parts.findIndex((part, index) => {
    const start = part.indexOf("eyJ");
    return start >= 0 && part.length - start >= 8 && (parts[index + 1] ?? "").length >= 4;
  });
  if (found < 0) return word;
  const [before = ""] = parts[found]?.split("eyJ", 1) ?? [];
  return [...parts.slice(0, found), `${before}[token]`].join(".");
}

const IN_NAME_OF_MAILBOX = /[\p{L}\p{N}\p{M}\p{Cs}._%+'!$*^~-]/u;
const DOMAIN = /^[\p{L}\p{N}\p{M}-]+(?:\.[\p{L}\p{N}\p{M}-]+)*\.(?:xn--[\w-]+|\p{L}[\p{L}\p{M}]+)/u;
const LONGEST_DOMAIN = 255;

/** Looks left and right of each "@", so that no text is read twice. */
function hideEmails(text: string): string {
  const [first = "", ...rest] = text.split(/(@|%40)/);
  const shown: string[] = [];
  let before = first;
  for (let index = 0; index < rest.length; index += 2) {
    const [at = "", after = ""] = rest.slice(index, index + 2);
    const [domain = ""] = DOMAIN.exec(after.slice(0, LONGEST_DOMAIN)) ?? [];
    const start = domain ? startOfMailbox(before) : before.length;
    if (start < before.length) shown.push(before.slice(0, start), "[email]");
    else shown.push(before, at);
    before = start < before.length ? after.slice(domain.length) : after;
  }
  return [...shown, before].join("");
}

function startOfMailbox(before: string): number {
  let start = before.length;
  while (start > 0 && IN_NAME_OF_MAILBOX.test(before.charAt(start - 1))) start -= 1;
  while (start < before.length && "'!$*^~.%+-".includes(before.charAt(start))) start += 1;
  return start;
}

/**
 * "+" or "00", a country code, and up to forty digits, spaces, dashes, dots, slashes and brackets, but no date.
 * A "00" counts only where a number can begin: not in 10:00:00, 1.001 or 2 001 234 567.
 */
const PHONE =
  /(?<prefix>(?<!\.\d{1,6})\+|\uFF0B|%2B|(?<![\w.:,/+%-]|\d[ \u00A0\u202F])00)[ (]{0,2}[1-9](?:(?! (?:19|20)\d\d-[01]\d-[0-3]\d)(?:[\d \t\u00A0\u202F()./\u2010-\u2015-]|%20)){5,40}/gi;
const SHORTEST_PHONE = 7;
/** ITU-T E.164. */
const LONGEST_PHONE = 15;

function hidePhones(text: string): string {
  return text.replace(PHONE, (match: string, prefix: string, offset: number) => {
    if (prefix === "00" && isPartOfId(match, offset, text)) return match;
    const end = endOfPhone(match.replaceAll("%20", "   "), prefix.length);
    return end === null ? match : `[phone]${match.slice(end)}`;
  });
}

/** A hexadecimal id or a UUID may begin with "00" and go on with digits. */
function isPartOfId(match: string, offset: number, text: string): boolean {
  if (/\d$/.test(match) && /^\w/.test(text.slice(offset + match.length, offset + match.length + 1)))
    return true;
  return /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-/i.test(text.slice(offset, offset + 20));
}

/** Takes group after group, as long as it stays a phone number: what follows may be an id. */
function endOfPhone(match: string, start: number): number | null {
  let digits = 0;
  let end = start;
  for (const group of match.slice(start).matchAll(/\d+/g)) {
    if (digits + group[0].length > LONGEST_PHONE) break;
    digits += group[0].length;
    end = start + group.index + group[0].length;
  }
  return digits >= SHORTEST_PHONE ? end : null;
}

/** A copy of plain objects, arrays, texts, numbers and booleans only; whatever the original is made of. */
function redactedCopy(fields: object, redact: Redactor["text"]): Readonly<Record<string, unknown>> {
  const above = new Set<object>();
  let valuesLeft = MOST_VALUES;
  let charactersLeft = MOST_CHARACTERS;

  function textOf(text: string): string {
    const lookedAt = Math.min(text.length, LONGEST_TEXT_READ, charactersLeft);
    charactersLeft -= lookedAt;
    const all = lookedAt === text.length;
    const shown = redact(all ? text : text.slice(0, lookedAt));
    const end = Math.min(LONGEST_FIELD, all ? shown.length : Math.max(shown.length - NOT_SHOWN, 0));
    const missing = shown.length - end + text.length - lookedAt;
    return missing > 0 ? `${shown.slice(0, end)}…[+${missing}]` : shown;
  }

  function show(value: unknown, depth: number): unknown {
    valuesLeft -= 1;
    if (typeof value === "string") return textOf(value);
    if (typeof value === "number" || typeof value === "bigint") return numberOf(value);
    if (typeof value === "symbol" || typeof value === "function") return `[${typeof value}]`;
    if (typeof value !== "object" || value === null) return value;
    if (above.has(value)) return "[circular]";
    if (depth > DEEPEST_FIELD || valuesLeft < 0) return "[cut]";
    above.add(value);
    try {
      return showObject(value, depth);
    } catch {
      return "[unreadable]";
    } finally {
      above.delete(value);
    }
  }

  /** A number stays one, unless it is a secret or JSON has no such number. */
  function numberOf(value: number | bigint): unknown {
    const shown = textOf(String(value));
    return typeof value === "number" && Number.isFinite(value) && shown === String(value) ? value : shown;
  }

  function showObject(value: object, depth: number): unknown {
    if (value instanceof Secret) return "[secret]";
    if (types.isDate(value)) return Number.isNaN(value.getTime()) ? "no date" : value.toISOString();
    if (types.isBoxedPrimitive(value)) return show(value.valueOf(), depth + 1);
    if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return `[${value.byteLength} bytes]`;
    if (Array.isArray(value)) return list(value, value.length, depth);
    if (types.isSet(value)) return list(value, value.size, depth);
    if (types.isMap(value)) return record([...value.keys()], (key) => value.get(key), depth);
    if (types.isNativeError(value) || value instanceof Error) return record(keysOfError(value), read, depth);
    if ("toJSON" in value && typeof value.toJSON === "function") return show(value.toJSON(), depth + 1);
    return record(Object.keys(value), read, depth);

    function read(key: unknown): unknown {
      return Reflect.get(value, String(key));
    }
  }

  function list(values: Iterable<unknown>, length: number, depth: number): unknown[] {
    const shown: unknown[] = [];
    for (const value of values) {
      if (shown.length === MOST_ENTRIES) return [...shown, `…[+${length - MOST_ENTRIES}]`];
      shown.push(show(value, depth + 1));
    }
    return shown;
  }

  function record(keys: readonly unknown[], read: (key: unknown) => unknown, depth: number) {
    const entries = keys.slice(0, MOST_ENTRIES).map((key) => {
      const name = typeof key === "object" ? "[object]" : String(key);
      const value = read(key);
      return [textOf(name), isSecret(name, value) ? "[redacted]" : show(value, depth + 1)];
    });
    if (keys.length > MOST_ENTRIES) entries.push(["…", `[+${keys.length - MOST_ENTRIES}]`]);
    return Object.fromEntries(entries);
  }

  const copy = show(fields, 0);
  return typeof copy === "object" && copy !== null ? { ...copy } : { fields: copy };
}

function keysOfError(error: object): string[] {
  const usual = ["name", "message", "stack", "cause", "errors"].filter((key) => key in error);
  return [...new Set([...usual, ...Object.keys(error)])];
}
