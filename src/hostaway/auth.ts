import type { Clock } from "../clock.ts";
import { ItemError } from "../domain/failure.ts";
import type { Secret } from "../domain/secret.ts";
import type { HttpClient } from "../http/http-client.ts";
import type { HttpRequest } from "../http/request.ts";
import { classifyTokenResponse } from "./classify-response.ts";
import { AccessToken } from "./envelopes.ts";

export interface Credentials {
  readonly accountId: string;
  readonly apiKey: Secret;
}

export interface TokenProvider {
  /** A token that is valid now. `refused`, which Hostaway just rejected, is not returned again. */
  token(signal: AbortSignal, refused?: string): Promise<string>;
}

/** "Wait at least 1 second": a token is not valid before (documentation, "Authentication", since February 2026). */
const FIRST_SECOND_MS = 1_000;
/** Renewed this long before `expires_in` says so, or after half of a shorter life. */
const BEFORE_EXPIRY_MS = 60_000;
/** The lifetime of a token without `expires_in`; a rejected token is renewed anyway. */
const USUAL_LIFE_S = 60 * 60;

/**
 * Mints tokens and keeps the current one. At most one renewal is under way, for all callers. `expires_in` is
 * believed: the documentation names three different lifetimes.
 */
export function createTokenProvider(http: HttpClient, credentials: Credentials, clock: Clock): TokenProvider {
  let current: { readonly token: string; readonly until: number } | null = null;
  let renewal: Promise<string> | null = null;

  async function mint(signal: AbortSignal): Promise<string> {
    const body = await http.request(tokenRequest(credentials), signal);
    const answered = clock.monotonic();
    const parsed = AccessToken.safeParse(body);
    if (!parsed.success)
      throw new ItemError("server_error", "POST /accessTokens: the response holds no token");
    await clock.sleep(FIRST_SECOND_MS, signal).catch(() => {
      throw new ItemError("interrupted", "POST /accessTokens: stopped");
    });
    const { access_token: token, expires_in } = parsed.data;
    const lifeMs = (expires_in ?? USUAL_LIFE_S) * 1_000;
    current = {
      token,
      until: answered + (lifeMs < BEFORE_EXPIRY_MS ? lifeMs / 2 : lifeMs - BEFORE_EXPIRY_MS),
    };
    return token;
  }

  return {
    async token(signal, refused) {
      for (;;) {
        if (current && current.token !== refused && clock.monotonic() < current.until) return current.token;
        renewal ??= mint(signal).finally(() => {
          renewal = null;
        });
        try {
          return await renewal;
        } catch (error) {
          // The caller that began the renewal was stopped; the others that wait for it go on.
          const stopped = error instanceof ItemError && error.type === "interrupted";
          if (!stopped || signal.aborted) throw error;
        }
      }
    },
  };
}

function tokenRequest({ accountId, apiKey }: Credentials): HttpRequest {
  const form = {
    grant_type: "client_credentials",
    client_id: accountId,
    client_secret: apiKey.reveal(),
    scope: "general",
  };
  return {
    method: "POST",
    path: "/accessTokens",
    endpoint: "accessTokens",
    form,
    classify: classifyTokenResponse,
  };
}

/** GET with a token, which is renewed once when it is rejected. */
export type Get = (
  path: string,
  endpoint: string,
  query: HttpRequest["query"],
  signal: AbortSignal,
) => Promise<unknown>;

/**
 * A 403 about the token renews it and repeats the request once; a second 403 stands. Never a loop: a key
 * without access to the inbox is rejected whatever its token.
 */
export function withToken(http: HttpClient, tokens: TokenProvider, classify: HttpRequest["classify"]): Get {
  return async (path, endpoint, query, signal) => {
    const ask = (bearer: string) =>
      http.request({ method: "GET", path, endpoint, bearer, classify, ...(query && { query }) }, signal);
    const bearer = await tokens.token(signal);
    try {
      return await ask(bearer);
    } catch (error) {
      if (!(error instanceof ItemError) || error.type !== "unauthorized") throw error;
      return await ask(await tokens.token(signal, bearer));
    }
  };
}
