/** "mongodb://user:password@host" shows the host only. */
export function hideUsersOfUris(text: string): string {
  const [before, ...rest] = text.split("://");
  return [before, ...rest.map(withoutUser)].join("://");
}

function withoutUser(rest: string): string {
  const [uri = ""] = /^[^\s"'<>`]*/.exec(rest) ?? [];
  const [authority = ""] = /^[^/?#]*/.exec(uri) ?? [];
  // Text after a colon that is no port is the beginning of a password with a "/" in it.
  const goesOn = !authority.startsWith("[") && authority.split(",").some((host) => /:(?!\d*$)/.test(host));
  const end = authority.includes("@") || !goesOn ? authority.lastIndexOf("@") : uri.lastIndexOf("@");
  return end < 0 ? rest : `[redacted]${rest.slice(end)}`;
}

const SECRET_NAME =
  /authorization|api[-_ ]?key|passw(?:or)?d|passphrase|token|secret|cookie|credential|private[-_ ]?key/i;

/** The names of secrets in nodemailer and axios; within a word or a sentence they mean nothing. */
const SECRET_WORD = /^(?:auth|pass|pwd)$/i;

/** Numbers under a plural, such as "accessTokens: 1", are counts. */
export function isSecret(name: string, value: unknown): boolean {
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
export function hideAssignedSecrets(text: string): string {
  return text.replace(
    ASSIGNED,
    (_, name: string, escaped = "", double = "", single = "") =>
      `${name}${escaped}${double}${single}[redacted]`,
  );
}

export function hideCredentials(text: string): string {
  return text
    .replace(/(Bearer)(?:\s|%20|[+:="'\\]){1,8}[^\s"'<>&,;]+/gi, "$1 [redacted]")
    .replace(/(Basic)\s{1,4}([\w+/=-]{4,})/gi, (match, scheme: string, word: string) =>
      Buffer.from(word, "base64").includes(":") ? `${scheme} [redacted]` : match,
    );
}

export function hideWebTokens(text: string): string {
  return text.includes("eyJ") ? text.replace(/[\w.-]+/g, withoutWebToken) : text;
}

/** A JSON Web Token: a word that begins with `{"` in base64 and continues after a dot. */
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
