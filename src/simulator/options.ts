import { z } from "zod";
import { FaultRules } from "./faults.ts";
import { PROFILES, type RateLimits } from "./server/rate-limits.ts";

const Range = z
  .strictObject({ min: z.number().nonnegative(), max: z.number().nonnegative() })
  .refine(({ min, max }) => min <= max, "min is above max");

const WholeRange = z
  .strictObject({ min: z.int().nonnegative(), max: z.int().nonnegative() })
  .refine(({ min, max }) => min <= max, "min is above max");

const CustomLimit = z.strictObject({
  limit: z.int().positive(),
  windowMs: z.number().positive().default(10_000),
  /** For one address; the same as `limit` when not given. */
  perIp: z.int().positive().optional(),
});

export const SimulatorSettings = z.strictObject({
  seed: z.int().default(1),
  conversations: z.int().nonnegative().max(1_000_000).default(200),
  listings: z.int().positive().optional(),
  /** Reservations from a custom calendar, which have no conversation; 1 % when not given. */
  calendarBookings: z.int().nonnegative().optional(),
  messagesPerConversation: z
    .union([z.strictObject({ mean: z.number().positive() }), WholeRange])
    .default({ mean: 12 }),
  now: z.date().default(() => new Date("2026-06-15T12:00:00Z")),
  /** World seconds per real second; 0: the world only moves when it is advanced. */
  speed: z.number().nonnegative().default(0),
  accountId: z
    .string()
    .regex(/^[1-9]\d{0,9}$/, "an account id is a number")
    .default("10001"),
  apiKey: z.string().min(1).default("simulated-api-key"),
  host: z.string().default("127.0.0.1"),
  port: z.int().min(0).max(65_535).default(0),
  rateLimit: z.union([z.enum(["current", "legacy", "off"]), CustomLimit]).default("current"),
  window: z.enum(["sliding", "fixed"]).default("sliding"),
  retryAfter: z.enum(["timestamp", "seconds", "none"]).default("timestamp"),
  /** Whether a token request counts against the limits; not documented. */
  tokenCounts: z.boolean().default(true),
  latencyMs: z.union([z.number().nonnegative(), Range]).default(0),
  tokenGraceMs: z.number().nonnegative().default(1000),
  tokenLifetimeS: z.number().positive().default(63_072_000),
  gzip: z.boolean().default(true),
  faults: FaultRules.default([]),
  strictIncludeResources: z.boolean().default(false),
  listingMapIdQuirk: z.boolean().default(false),
  /** Recorded: `guestLocale` is empty in the reservation inside a conversation. True: it is filled there too. */
  localeInsideConversation: z.boolean().default(false),
  /** `messageSource` and `originatedBy` in the messages endpoint, as some clients claim. */
  messageSourceOnEndpoint: z.boolean().default(false),
  /** The meaning of "newest first" for messages. */
  messageOrder: z.enum(["date", "id"]).default("date"),
});
export type SimulatorOptions = z.input<typeof SimulatorSettings>;
export type SimulatorSettings = z.output<typeof SimulatorSettings>;

/** Throws a `ZodError` that names every bad option. */
export function checkSimulatorOptions(options: unknown): SimulatorSettings {
  return SimulatorSettings.parse(options);
}

/** A manager of 787 conversations in the field had about a dozen listings. */
export function listingCount({ listings, conversations }: SimulatorSettings): number {
  return listings ?? Math.max(3, Math.min(250, Math.round(Math.sqrt(conversations) / 2.2)));
}

/** Null: no limit at all. */
export function rateLimits({ rateLimit, window }: SimulatorSettings): RateLimits | null {
  if (rateLimit === "off") return null;
  if (typeof rateLimit === "string") return { ...PROFILES[rateLimit], window };
  const { limit, windowMs, perIp = limit } = rateLimit;
  return { windowMs, perAccount: limit, perIp, window };
}

export function messageCount({ messagesPerConversation }: SimulatorSettings) {
  return "mean" in messagesPerConversation
    ? { mean: messagesPerConversation.mean, min: 0, max: Math.max(20, messagesPerConversation.mean * 13) }
    : {
        ...messagesPerConversation,
        mean: (messagesPerConversation.min + messagesPerConversation.max) / 2,
      };
}
