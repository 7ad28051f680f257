import { hex, random, STREAM } from "../random.ts";

export interface TokenRules {
  readonly seed: number;
  readonly accountId: string;
  readonly apiKey: string;
  /** Documented: "wait at least 1 second"; until then the token is refused. */
  readonly graceMs: number;
  readonly lifetimeS: number;
}

export interface Tokens {
  /** Null for a wrong pair of account id and key, or a wrong grant type. */
  mint(form: URLSearchParams, now: number): { token: string; expiresIn: number } | null;
  accepts(authorization: string | undefined, now: number): boolean;
  revoke(token: string): void;
  revokeAll(): void;
}

export function createTokens(rules: TokenRules): Tokens {
  const given = new Map<string, { validFrom: number; validUntil: number }>();
  return {
    mint(form, now) {
      const right =
        form.get("grant_type") === "client_credentials" &&
        form.get("client_id") === rules.accountId &&
        form.get("client_secret") === rules.apiKey;
      if (!right) return null;
      const token = `sim-${hex(random(rules.seed, STREAM.secret, given.size), 48)}`;
      given.set(token, { validFrom: now + rules.graceMs, validUntil: now + rules.lifetimeS * 1000 });
      return { token, expiresIn: rules.lifetimeS };
    },
    accepts(authorization, now) {
      const known = given.get(/^Bearer (.+)$/.exec(authorization ?? "")?.[1] ?? "");
      return known !== undefined && now >= known.validFrom && now < known.validUntil;
    },
    revoke(token) {
      const known = given.get(token);
      if (known) known.validUntil = 0;
    },
    revokeAll() {
      for (const known of given.values()) known.validUntil = 0;
    },
  };
}
