import { createTransport } from "nodemailer";
import { parseConnectionUrl } from "nodemailer/lib/shared";
import type { RunReport } from "../domain/run-report.ts";
import type { Secret } from "../domain/secret.ts";
import { composeMail } from "../report/mail.ts";
import { countOf } from "../report/phrases.ts";
import { MailError, toMailError } from "./mail-error.ts";

export interface MailSettings {
  /**
   * `smtps://user:password@host:465` for TLS from the first byte; `smtp://…:587` for STARTTLS where the server
   * offers it, `?requireTLS=true` to insist on it.
   */
  readonly smtpUrl: Secret;
  readonly from: string;
  readonly to: readonly string[];
}

/** How long a silent server may hold up the end of a run. */
export interface MailLimits {
  /** For connecting, for the greeting, and for each response after it. */
  readonly stepMs: number;
  readonly allMs: number;
}

const LIMITS: MailLimits = { stepMs: 10_000, allMs: 60_000 };

/** Sends the report. Throws `MailError` unless the server accepted it for every recipient. */
export async function sendReport(
  report: RunReport,
  { smtpUrl, from, to }: MailSettings,
  signal?: AbortSignal,
  limits: MailLimits = LIMITS,
): Promise<void> {
  const { server, options } = readUrl(smtpUrl);
  const timeUp = AbortSignal.timeout(limits.allMs);
  const transport = createTransport({ ...options, ...timeoutsOf(limits), logger: false, debug: false });
  try {
    const { rejected } = await transport.sendMail({
      ...composeMail(report),
      from,
      to: [...to],
      headers: { "Auto-Submitted": "auto-generated" },
      signal: signal ? AbortSignal.any([signal, timeUp]) : timeUp,
    });
    if (rejected.length > 0)
      throw new MailError(
        `The mail server ${server} rejected ${rejected.length} of ${countOf(to.length, "recipient")}.`,
      );
  } catch (error) {
    if (timeUp.aborted) throw new MailError(`The mail server ${server} did not respond in time (ETIMEDOUT).`);
    if (signal?.aborted) throw new MailError(`Sending the mail to ${server} was stopped (EABORT).`);
    throw toMailError(error, server);
  } finally {
    transport.close();
  }
}

/** These come after the options of the URL, so that it cannot lift them. */
function timeoutsOf({ stepMs }: MailLimits) {
  return { connectionTimeout: stepMs, greetingTimeout: stepMs, socketTimeout: stepMs, dnsTimeout: stepMs };
}

const UNREADABLE_URL =
  "SMTP_URL must look like smtp://user:password@host. Percent-encode special characters in user name and password (@ is %40).";

/** The server's name is taken from the URL only when no part of a password can have slipped into it. */
function readUrl(smtpUrl: Secret) {
  const url = URL.canParse(smtpUrl.reveal()) ? new URL(smtpUrl.reveal()) : null;
  const slipped = url && `${url.pathname}${url.search}${url.hash}`.includes("@");
  if (!url?.hostname || slipped || !/^smtps?:$/.test(url.protocol)) throw new MailError(UNREADABLE_URL);
  try {
    const options = parseConnectionUrl(url.href);
    return { server: `${url.hostname}:${options.port ?? (options.secure ? 465 : 587)}`, options };
  } catch {
    throw new MailError(UNREADABLE_URL);
  }
}
