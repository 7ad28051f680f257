import { AxiosError, type AxiosResponse, type InternalAxiosRequestConfig } from "axios";
import { type ErrorType, ItemError } from "../domain/failure.ts";
import { Secret } from "../domain/secret.ts";
import { createRedactor } from "../redact/redactor.ts";
import type { HttpRequest, RequestFailure } from "./request.ts";

/** The reason of a failed attempt, as the library's error until `toSafeError` reads it. */
export class FailedRequest extends AxiosError {
  readonly refusal: RequestFailure;
  constructor(refusal: RequestFailure, config: InternalAxiosRequestConfig, response?: AxiosResponse) {
    super(refusal.reason, "ERR_REFUSED", config, undefined, response);
    this.refusal = refusal;
  }
}

export function attemptsOf(config: InternalAxiosRequestConfig | undefined): number {
  return (config?.["axios-retry"]?.retryCount ?? 0) + 1;
}

export function errorTypeOf(error: unknown): ErrorType {
  if (error instanceof FailedRequest) return error.refusal.type;
  if (!(error instanceof AxiosError)) return "unexpected";
  return error.code === "ECONNABORTED" || error.code === "ETIMEDOUT" ? "timeout" : "network_error";
}

/**
 * Keeps the useful part of an error and drops the rest: an AxiosError carries the token in its configuration.
 */
export function toSafeError(error: unknown, request: HttpRequest): ItemError {
  const what = `${request.method} ${request.path}`;
  if (!(error instanceof AxiosError)) {
    return new ItemError(
      "unexpected",
      `${what}: ${error instanceof Error ? error.message : "unknown error"}`,
    );
  }
  const refusal = error instanceof FailedRequest ? error.refusal : null;
  const why = refusal ? wordingOf(refusal, request) : `${error.code ?? "no response"}${hostIn(error)}`;
  return new ItemError(errorTypeOf(error), `${what}: ${why}`, {
    attempts: attemptsOf(error.config),
    ...(refusal?.remedy !== undefined && { remedy: refusal.remedy }),
    ...(error.response && { httpStatus: error.response.status }),
  });
}

/** The host of the request: a misspelt name is seen at once. */
function hostIn({ config }: AxiosError): string {
  const base = config?.baseURL ?? "";
  return URL.canParse(base) ? ` at ${new URL(base).host}` : "";
}

/**
 * The longest part of the server's message that is shown, and the longest that is redacted first: a secret
 * that is cut in two is not recognised.
 */
const LONGEST_WORDS = 160;
const LONGEST_MESSAGE_READ = 4_096;
/** Longer than a word of any language, but perhaps a token or a key. */
const NO_WORD = /\S{25,}/g;

/**
 * The reason, with the server's message: short, on one line, and without secrets, addresses and numbers of
 * persons.
 */
function wordingOf({ reason, words = "" }: RequestFailure, { bearer, form }: HttpRequest): string {
  if (words === "") return reason;
  const secrets = [bearer, form?.["client_secret"]].filter((one) => one !== undefined);
  const safe = createRedactor(secrets.map((one) => new Secret(one)))
    .text(words.slice(0, LONGEST_MESSAGE_READ))
    .replace(/\+?\d[\d ()-]{6,}\d/g, "…")
    .replace(NO_WORD, "…")
    .replace(/\p{Cc}+/gu, " ");
  const shown = safe.length > LONGEST_WORDS ? `${safe.slice(0, LONGEST_WORDS).replace(/\S+$/, "")}…` : safe;
  return `${reason}, "${shown}"`;
}
