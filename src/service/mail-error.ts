const MAIL_TROUBLES: Readonly<Record<string, string>> = {
  EAUTH: "rejected the login",
  ENOAUTH: "rejected the login",
  ECONNECTION: "closed the connection",
  ESOCKET: "cannot be reached",
  EDNS: "was not found (unknown host name)",
  ETIMEDOUT: "did not respond in time",
  ETLS: "offers no secure connection",
  EPROTOCOL: "does not speak SMTP",
  EENVELOPE: "rejected the sender or the recipients",
  EMESSAGE: "rejected the message",
};

/** The report could not be sent. The message contains the server's name and error codes, and no secret. */
export class MailError extends Error {
  override readonly name = "MailError";
}

/**
 * Reads an error of nodemailer. Only codes are taken: its text may quote the server, and the server may quote
 * anything.
 */
export function toMailError(error: unknown, server: string): MailError {
  if (error instanceof MailError) return error;
  const code = codeIn(error, "code", CODE) || "unknown error";
  const cause = codeIn(error, "originalCode", CODE);
  const reason = MAIL_TROUBLES[/CERT|TLS|SSL/.test(cause) ? "ETLS" : code] ?? "did not accept the report";
  const codes = [code, cause, codeIn(error, "responseCode", /^\d{3}$/)].filter(Boolean);
  return new MailError(`The mail server ${server} ${reason} (${codes.join(", ")}).`);
}

const CODE = /^[A-Z][A-Z0-9_]+$/;

function codeIn(error: unknown, name: string, shape: RegExp): string {
  if (typeof error !== "object" || error === null) return "";
  const value = String(Reflect.get(error, name) ?? "");
  return shape.test(value) ? value : "";
}
