const MAIL_TROUBLES: Readonly<Record<string, string>> = {
  EAUTH: "does not accept the login",
  ENOAUTH: "does not accept the login",
  ECONNECTION: "closed the connection",
  ESOCKET: "cannot be reached",
  EDNS: "has a name that nobody knows",
  ETIMEDOUT: "does not answer in time",
  ETLS: "offers no safe connection",
  EPROTOCOL: "does not speak SMTP",
  EENVELOPE: "refuses the sender or the recipients",
  EMESSAGE: "refuses the message",
};

/** The report could not be sent. The message names the server and codes, nothing that is secret. */
export class MailError extends Error {
  override readonly name = "MailError";
}

/**
 * Reads an error of nodemailer, of which only codes are taken: its words may quote the server, and the
 * server may quote anything.
 */
export function toMailError(error: unknown, server: string): MailError {
  if (error instanceof MailError) return error;
  const code = codeIn(error, "code", CODE) || "unknown error";
  const cause = codeIn(error, "originalCode", CODE);
  const what = MAIL_TROUBLES[/CERT|TLS|SSL/.test(cause) ? "ETLS" : code] ?? "did not take the report";
  const codes = [code, cause, codeIn(error, "responseCode", /^\d{3}$/)].filter(Boolean);
  return new MailError(`The mail server ${server} ${what} (${codes.join(", ")}).`);
}

const CODE = /^[A-Z][A-Z0-9_]+$/;

function codeIn(error: unknown, name: string, shape: RegExp): string {
  if (typeof error !== "object" || error === null) return "";
  const value = String(Reflect.get(error, name) ?? "");
  return shape.test(value) ? value : "";
}
