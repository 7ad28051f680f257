export type Endpoint =
  | "accessTokens"
  | "listings"
  | "listing"
  | "reservations"
  | "reservation"
  | "reservationConversations"
  | "conversations"
  | "conversation"
  | "messages"
  | "message"
  | "users"
  | "unknown";

export interface Route {
  readonly endpoint: Endpoint;
  /** The ids in the path, in order. */
  readonly ids: readonly number[];
}

const ROUTES: readonly (readonly [string, RegExp, Endpoint])[] = [
  ["POST", /^\/accessTokens$/, "accessTokens"],
  ["DELETE", /^\/accessTokens$/, "accessTokens"],
  ["GET", /^\/conversations$/, "conversations"],
  ["GET", /^\/conversations\/(\d+)$/, "conversation"],
  ["GET", /^\/conversations\/(\d+)\/messages$/, "messages"],
  ["GET", /^\/conversations\/(\d+)\/messages\/(\d+)$/, "message"],
  ["GET", /^\/reservations$/, "reservations"],
  ["GET", /^\/reservations\/(\d+)$/, "reservation"],
  ["GET", /^\/reservations\/(\d+)\/conversations$/, "reservationConversations"],
  ["GET", /^\/listings$/, "listings"],
  ["GET", /^\/listings\/(\d+)$/, "listing"],
  ["GET", /^\/users$/, "users"],
];

/** `path` without the leading `/v1`. */
export function routeOf(method: string, path: string): Route {
  for (const [verb, pattern, endpoint] of ROUTES) {
    const match = verb === method ? pattern.exec(path) : null;
    if (match) return { endpoint, ids: match.slice(1).map(Number) };
  }
  return { endpoint: "unknown", ids: [] };
}
