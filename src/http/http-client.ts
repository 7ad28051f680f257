import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from "node:zlib";
import Axios, {
  type AxiosAdapter,
  AxiosError,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from "axios";
import axiosRetry from "axios-retry";
import type { Clock } from "../clock.ts";
import { type ErrorType, ItemError, POLICY } from "../domain/failure.ts";
import { Secret } from "../domain/secret.ts";
import { createRedactor } from "../redact.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import { type RetryPolicy, readRateLimitHeaders } from "./retry-policy.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  /** The kind of request, for counting: `messages`, say, without ids. */
  readonly endpoint: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly bearer?: string;
  /** Says what an answer means; a source knows that better than a status code does. */
  readonly classify: ClassifyResponse;
}

export interface HttpResponse {
  readonly status: number;
  /** The parsed JSON body; undefined when it is not JSON. */
  readonly body: unknown;
}

export interface RequestFailure {
  readonly type: ErrorType;
  /** Safe to print: no guest data, no secrets. */
  readonly reason: string;
  /** What the server says about it, as it came. */
  readonly words?: string;
  /** What a person can do, where more is known than the type tells. */
  readonly remedy?: string;
}

/** Null when the answer is good. */
export type ClassifyResponse = (answer: HttpResponse) => RequestFailure | null;

export interface Attempt {
  readonly endpoint: string;
  /** 1 for the first try. */
  readonly number: number;
  /** Null when no answer came. */
  readonly status: number | null;
  /** The server's clock as its `Date` header shows it, to the second. */
  readonly serverTime: Date | null;
}

export interface HttpClient {
  /** The body is `unknown` on purpose: only a schema may give it a type. Throws `ItemError`. */
  request(request: HttpRequest, signal: AbortSignal): Promise<unknown>;
  close(): void;
}

export interface HttpOptions {
  readonly baseUrl: string;
  /** For one attempt, from its start to the last byte; waiting for a slot does not count. */
  readonly timeoutMs: number;
  readonly limiter: RateLimiter;
  readonly windowMs: number;
  readonly retry: RetryPolicy;
  readonly clock: Clock;
  readonly userAgent: string;
  readonly onAttempt?: (attempt: Attempt) => void;
}

/** No page we know of comes near this; an answer without end must not fill the memory. */
const LARGEST_BODY_BYTES = 64 * 2 ** 20;
const AT_MOST = { maxOutputLength: LARGEST_BODY_BYTES };

declare module "axios" {
  interface AxiosRequestConfig {
    ours?: HttpRequest;
  }
}

/**
 * JSON over HTTP: bounded in time, retried where that helps, every try behind the rate limiter.
 *
 * Redirects are not followed: they would carry the token elsewhere.
 */
export function createHttpClient(options: HttpOptions): HttpClient {
  const agents = {
    httpAgent: new HttpAgent({ keepAlive: true }),
    httpsAgent: new HttpsAgent({ keepAlive: true }),
  };
  const axios = Axios.create({
    ...agents,
    baseURL: options.baseUrl,
    adapter: oneAttempt(Axios.getAdapter("http"), options),
    headers: { Accept: "application/json", "Accept-Encoding": "gzip", "User-Agent": options.userAgent },
    responseType: "arraybuffer",
    decompress: false, // a stream for each small body costs more than unpacking it in one go
    transformResponse: [(body: unknown) => body],
    validateStatus: null,
    maxRedirects: 0,
    maxContentLength: LARGEST_BODY_BYTES,
  });
  axiosRetry(axios, {
    retries: options.retry.retries,
    retryCondition: (error) => POLICY[errorTypeOf(error)].retry && error.config?.signal?.aborted !== true,
    shouldResetTimeout: true,
    // The wait is ours, so that it runs on the injected clock; after a 429 the limiter adds its own.
    retryDelay: () => 0,
    onRetry: (retry, _error, config) =>
      options.clock.sleep(Math.random() * options.retry.longestWaitMs(retry), config.signal as AbortSignal),
  });

  return {
    async request(request, signal) {
      try {
        const response = await axios.request<unknown>({
          ours: request,
          method: request.method,
          url: request.path,
          signal,
          ...(request.query && { params: request.query }),
          ...(request.form && { data: new URLSearchParams(request.form) }),
          ...(request.bearer && { headers: { Authorization: `Bearer ${request.bearer}` } }),
        });
        return response.data;
      } catch (error) {
        throw signal.aborted
          ? new ItemError("interrupted", `${request.path}: stopped`)
          : toSafeError(error, request);
      }
    },
    close() {
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    },
  };
}

/** Why an attempt failed, glued to the library's error until it leaves this file. */
class FailedRequest extends AxiosError {
  readonly refusal: RequestFailure;
  constructor(refusal: RequestFailure, config: InternalAxiosRequestConfig, response?: AxiosResponse) {
    super(refusal.reason, "ERR_REFUSED", config, undefined, response);
    this.refusal = refusal;
  }
}

/** Wraps the transport: slot, deadline, one exchange, slot free, verdict. axios-retry comes back here for each try. */
function oneAttempt(transport: AxiosAdapter, options: HttpOptions): AxiosAdapter {
  return async (config) => {
    const slot = await options.limiter.acquire(config.signal as AbortSignal);
    const exchange = withDeadline(config.signal as AbortSignal, options.timeoutMs);
    let response: AxiosResponse | undefined;
    try {
      response = await transport({ ...config, signal: exchange.signal });
    } catch (error) {
      if (exchange.expired()) throw new FailedRequest(noAnswerIn(options.timeoutMs), config);
      throw isTooLarge(error) ? new FailedRequest(TOO_LARGE, config) : withConfig(error, config);
    } finally {
      exchange.end();
      slot.release();
      options.onAttempt?.({
        endpoint: config.ours?.endpoint ?? "",
        number: attemptsOf(config),
        status: response?.status ?? null,
        serverTime: dateOf(response),
      });
    }
    return classified(response, config, options);
  };
}

function classified(
  response: AxiosResponse,
  config: InternalAxiosRequestConfig,
  { limiter, clock, windowMs }: HttpOptions,
): AxiosResponse {
  const body = parseJson(response.data, response.headers["content-encoding"]);
  if (response.status === 429) {
    limiter.slowDown(
      readRateLimitHeaders(response.headers as Record<string, unknown>, clock.now(), windowMs),
    );
  }
  const refusal = config.ours?.classify({ status: response.status, body }) ?? null;
  if (refusal) throw new FailedRequest(refusal, config, response);
  return { ...response, data: body };
}

function dateOf(response: AxiosResponse | undefined): Date | null {
  const ms = Date.parse(String(response?.headers["date"] ?? ""));
  return Number.isNaN(ms) ? null : new Date(ms);
}

const TOO_LARGE: RequestFailure = {
  type: "server_error",
  reason: `an answer of more than ${LARGEST_BODY_BYTES / 2 ** 20} MB`,
};

/** The library's code for it is the one for a broken connection, too. */
function isTooLarge(error: unknown): boolean {
  return error instanceof AxiosError && error.message.startsWith("maxContentLength");
}

function noAnswerIn(timeoutMs: number): RequestFailure {
  return { type: "timeout", reason: `no complete answer within ${timeoutMs} ms` };
}

/** axios-retry needs the original configuration: the transport's own has this attempt's deadline in it. */
function withConfig(error: unknown, config: InternalAxiosRequestConfig): unknown {
  if (error instanceof AxiosError) error.config = config;
  return error;
}

function attemptsOf(config: InternalAxiosRequestConfig | undefined): number {
  return (config?.["axios-retry"]?.retryCount ?? 0) + 1;
}

/** Unlike `AbortSignal.any`, this leaves nothing behind on a caller's signal that lives for hours. */
function withDeadline(caller: AbortSignal, ms: number) {
  const controller = new AbortController();
  let expired = false;
  const stop = () => controller.abort(caller.reason);
  const timer = setTimeout(() => {
    expired = true;
    controller.abort();
  }, ms);
  if (caller.aborted) stop();
  caller.addEventListener("abort", stop, { once: true });
  return {
    signal: controller.signal,
    expired: () => expired,
    end() {
      clearTimeout(timer);
      caller.removeEventListener("abort", stop);
    },
  };
}

/** Undefined for what is not JSON, or not whole. */
function parseJson(bytes: unknown, encoding: unknown): unknown {
  try {
    if (!Buffer.isBuffer(bytes)) return undefined;
    const text = unpacked(bytes, encoding).toString("utf8");
    return JSON.parse(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}

const BYTE_ORDER_MARK = "\ufeff";
/** A gzip stream is known by these, also where nobody says that it is one. */
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

const gunzip = (packed: Buffer) => gunzipSync(packed, AT_MOST);

const UNPACK: Readonly<Record<string, (packed: Buffer) => Buffer>> = {
  gzip: gunzip,
  "x-gzip": gunzip,
  // Some servers send the bare stream and call it the same.
  deflate: (packed) =>
    (packed[0] ?? 0) % 16 === 8 ? inflateSync(packed, AT_MOST) : inflateRawSync(packed, AT_MOST),
  br: (packed) => brotliDecompressSync(packed, AT_MOST),
};

/** Only gzip is asked for, but proxies do as they like: `Content-Encoding` is a list, in any case, last one first. */
function unpacked(bytes: Buffer, encoding: unknown): Buffer {
  const packings = String(encoding ?? "")
    .toLowerCase()
    .split(/[\s,]+/);
  const plain = packings.reduceRight((packed, one) => UNPACK[one]?.(packed) ?? packed, bytes);
  return plain.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC) ? gunzip(plain) : plain;
}

function errorTypeOf(error: unknown): ErrorType {
  if (error instanceof FailedRequest) return error.refusal.type;
  if (!(error instanceof AxiosError)) return "unexpected";
  return error.code === "ECONNABORTED" || error.code === "ETIMEDOUT" ? "timeout" : "network_error";
}

/** Keeps what helps and drops the rest: an AxiosError carries our token in its configuration. */
function toSafeError(error: unknown, request: HttpRequest): ItemError {
  const what = `${request.method} ${request.path}`;
  if (!(error instanceof AxiosError)) {
    return new ItemError(
      "unexpected",
      `${what}: ${error instanceof Error ? error.message : "unknown error"}`,
    );
  }
  const refusal = error instanceof FailedRequest ? error.refusal : null;
  const why = refusal ? wordingOf(refusal, request) : `${error.code ?? "no answer"}${placeOf(error)}`;
  return new ItemError(errorTypeOf(error), `${what}: ${why}`, {
    attempts: attemptsOf(error.config),
    ...(refusal?.remedy !== undefined && { remedy: refusal.remedy }),
    ...(error.response && { httpStatus: error.response.status }),
  });
}

/** Which machine was asked: a misspelt name is seen at once. */
function placeOf({ config }: AxiosError): string {
  const base = config?.baseURL ?? "";
  return URL.canParse(base) ? ` at ${new URL(base).host}` : "";
}

/** So much of the server's words is shown, and so much looked at: what is cut in two is not recognised. */
const LONGEST_WORDS = 160;
const LONGEST_MESSAGE_READ = 4_096;
/** So long is no word of a language, but perhaps a token or a key. */
const NO_WORD = /\S{25,}/g;

/** The server's words come short, on one line, and without our secrets or anything that looks like a person's address or number. */
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
