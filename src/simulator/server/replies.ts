import type { LimitReached } from "./rate-limits.ts";

/** A response to send: JSON text, or another kind of body for faults. */
export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** An envelope with a `result`, or the name of an error. */
export type EndpointResult =
  | { readonly status: "success"; result: unknown; readonly [key: string]: unknown }
  | "not found"
  | "cursor with sort";

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, body: JSON.stringify(body), contentType: "application/json", headers };
}

export function failure(status: number, message: string, headers?: Readonly<Record<string, string>>): Reply {
  return json(status, { status: "fail", message }, headers);
}

/** Seen live in September 2026, for missing, expired and revoked tokens alike. */
export const tokenRefused = () =>
  failure(403, "The resource owner or authorization server denied the request.");

/** Seen live in September 2026: the OAuth shape, without the envelope. */
export const clientRefused = () =>
  json(401, { error: "invalid_client", error_description: "Client authentication failed" });

export const notFound = () => failure(404, "Resource not found");

/** As another client met it in 2026. */
export const cursorWithSort = () =>
  failure(
    403,
    "afterId cursor pagination is not compatible with custom sortOrder. Remove sortOrder or use offset pagination instead.",
  );

export type RetryAfterStyle = "timestamp" | "seconds" | "none";

/**
 * Body documented; headers documented since August 2026, the time as a unix timestamp: by the same clock as
 * the response's `Date`.
 */
export function rateLimited(refusal: LimitReached, style: RetryAfterStyle, now: Date): Reply {
  const { limit, applied, waitMs } = refusal;
  const seconds = Math.ceil((style === "timestamp" ? now.getTime() + waitMs : waitMs) / 1000);
  return failure(
    429,
    "This error occurs because a server detects that your application has exceeded the rate limits or has made too many requests in a given period of time.",
    {
      "X-RateLimit-Limit": String(limit),
      "X-RateLimit-Remaining": "0",
      ...(style === "none" ? {} : { "X-RateLimit-Retry-After": String(seconds) }),
      "X-RateLimit-Applied": applied,
    },
  );
}

export interface PageRequest {
  readonly limit: number;
  readonly offset: number;
}

/** Clients request 500 everywhere; Hostaway's behaviour above is unknown, so larger limits become 500. */
export const LARGEST_PAGE = 500;
const DEFAULT_PAGE = 100;

export function pageRequest(query: URLSearchParams): PageRequest {
  const limit = Number(query.get("limit") ?? DEFAULT_PAGE);
  const offset = Number(query.get("offset") ?? 0);
  return {
    limit: Number.isInteger(limit) && limit > 0 ? Math.min(limit, LARGEST_PAGE) : DEFAULT_PAGE,
    offset: Number.isInteger(offset) && offset > 0 ? offset : 0,
  };
}

/** Recorded: conversations and messages have `page` and `totalPages`, reservations and listings do not. */
export function pagedListEnvelope(
  result: unknown[],
  { limit, offset }: PageRequest,
  count: number,
): EndpointResult {
  const page = Math.floor(offset / limit) + 1;
  return { status: "success", result, limit, offset, count, page, totalPages: Math.ceil(count / limit) };
}

export function listEnvelope(
  result: unknown[],
  { limit, offset }: PageRequest,
  count: number,
): EndpointResult {
  return { status: "success", result, count, limit, offset };
}

export function objectEnvelope(result: unknown): EndpointResult {
  return { status: "success", result };
}
