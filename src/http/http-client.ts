import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import Axios, {
  type AxiosAdapter,
  AxiosError,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from "axios";
import axiosRetry from "axios-retry";
import type { Clock } from "../clock.ts";
import { ItemError, POLICY } from "../domain/failure.ts";
import { withDeadline } from "./deadline.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import type { Attempt, HttpRequest, RequestFailure } from "./request.ts";
import { LARGEST_BODY_BYTES, parseJson } from "./response-body.ts";
import { type RetryPolicy, readRateLimitHeaders } from "./retry-policy.ts";
import { attemptsOf, errorTypeOf, FailedRequest, toSafeError } from "./safe-error.ts";

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
    // The wait is made here, so that it runs on the injected clock; after a 429 the limiter adds its own.
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

/**
 * Wraps the transport: slot, deadline, one exchange, slot free, classification. axios-retry comes back here
 * for each try.
 */
function oneAttempt(transport: AxiosAdapter, options: HttpOptions): AxiosAdapter {
  return async (config) => {
    const slot = await options.limiter.acquire(config.signal as AbortSignal);
    const exchange = withDeadline(config.signal as AbortSignal, options.timeoutMs);
    let response: AxiosResponse | undefined;
    try {
      response = await transport({ ...config, signal: exchange.signal });
    } catch (error) {
      if (exchange.expired()) throw new FailedRequest(noResponseWithin(options.timeoutMs), config);
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
  const failure = config.ours?.classify({ status: response.status, body }) ?? null;
  if (failure) throw new FailedRequest(failure, config, response);
  return { ...response, data: body };
}

function dateOf(response: AxiosResponse | undefined): Date | null {
  const ms = Date.parse(String(response?.headers["date"] ?? ""));
  return Number.isNaN(ms) ? null : new Date(ms);
}

const TOO_LARGE: RequestFailure = {
  type: "server_error",
  reason: `a response larger than ${LARGEST_BODY_BYTES / 2 ** 20} MB`,
};

/** The library's code for it is the one for a broken connection, too. */
function isTooLarge(error: unknown): boolean {
  return error instanceof AxiosError && error.message.startsWith("maxContentLength");
}

function noResponseWithin(timeoutMs: number): RequestFailure {
  return { type: "timeout", reason: `no complete response within ${timeoutMs} ms` };
}

/** axios-retry needs the original configuration: the transport's own has this attempt's deadline in it. */
function withConfig(error: unknown, config: InternalAxiosRequestConfig): unknown {
  if (error instanceof AxiosError) error.config = config;
  return error;
}
