const IN_NAME_OF_MAILBOX = /[\p{L}\p{N}\p{M}\p{Cs}._%+'!$*^~-]/u;
const DOMAIN = /^[\p{L}\p{N}\p{M}-]+(?:\.[\p{L}\p{N}\p{M}-]+)*\.(?:xn--[\w-]+|\p{L}[\p{L}\p{M}]+)/u;
const LONGEST_DOMAIN = 255;

/** Reads to the left and right of each "@", so that no text is read twice. */
export function hideEmails(text: string): string {
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

export function hidePhones(text: string): string {
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

/** Takes group after group, as long as it stays a phone number: the next digits may be an id. */
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
