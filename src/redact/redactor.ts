import type { Secret } from "../domain/secret.ts";
import { hideEmails, hidePhones } from "./hide-contacts.ts";
import { hideAssignedSecrets, hideCredentials, hideUsersOfUris, hideWebTokens } from "./hide-credentials.ts";
import { redactedCopy } from "./redacted-copy.ts";

const SHORTEST_SECRET = 4;

/** Removes secrets, e-mail addresses and phone numbers. Never throws; takes linear time. */
export interface Redactor {
  /** The same text of any length, nothing cut. */
  text(text: string): string;
  /** A redacted copy for JSON, cut to a sensible size. */
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
