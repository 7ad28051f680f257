import { z } from "zod";

/** A field of an item is damaged before it is sent. */
const Poison = z.strictObject({
  type: z.literal("poison"),
  /** Which items of the answer, by their true id; without it the one at `index`. */
  ids: z.array(z.int()).optional(),
  index: z.int().nonnegative().default(0),
  /** A path such as `id` or `Reservation.totalPrice`; without it the whole item. */
  field: z.string().min(1).optional(),
  change: z.enum([
    "drop",
    "null",
    "wrong_type",
    "text",
    "unknown_word",
    "broken_date",
    "lone_surrogate",
    "huge",
    "value",
  ]),
  value: z.unknown().optional(),
});
export type Poison = z.infer<typeof Poison>;

const simple = <const Name extends string>(name: Name) => z.strictObject({ type: z.literal(name) });

const Fault = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("status"),
    status: z.int().min(100).max(599),
    /** Text as it is, anything else as JSON. */
    body: z.unknown().optional(),
    headers: z.record(z.string(), z.string()).default({}),
  }),
  z.strictObject({ type: z.literal("html"), status: z.int().default(502) }),
  simple("truncated_json"),
  simple("empty_body"),
  simple("hang"),
  z.strictObject({
    type: z.literal("slow_drip"),
    bytes: z.int().positive().default(64),
    everyMs: z.number().positive().default(50),
  }),
  simple("reset"),
  simple("reset_mid_body"),
  z.strictObject({
    type: z.literal("status_fail_200"),
    text: z.string().default("cancellationPolicy is invalid"),
    in: z.enum(["message", "result"]).default("message"),
  }),
  z.strictObject({ type: z.literal("rate_limited"), waitMs: z.number().nonnegative().default(1000) }),
  simple("unauthorized"),
  simple("empty_list"),
  simple("null_id"),
  simple("repeat_page"),
  z.strictObject({ type: z.literal("delay"), ms: z.number().nonnegative() }),
  Poison,
]);
export type Fault = z.infer<typeof Fault>;

const SIMPLE = [
  "html",
  "truncated_json",
  "empty_body",
  "hang",
  "slow_drip",
  "reset",
  "reset_mid_body",
  "status_fail_200",
  "rate_limited",
  "unauthorized",
  "empty_list",
  "null_id",
  "repeat_page",
] as const;

/** `"hang"` is short for `{ "type": "hang" }`. */
const FaultOrName = z.union([z.enum(SIMPLE).transform((type) => Fault.parse({ type })), Fault]);

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

export const FaultRule = z.strictObject({
  match: z
    .strictObject({
      /** `conversations`, `messages`, `reservations`, `listings`, `accessTokens`, … */
      endpoint: z.string().optional(),
      /** A regular expression on path and query, such as `/conversations/123/`. */
      path: z.string().refine(isPattern, "not a regular expression").optional(),
      /** Only the n-th matching request, counted from 1; or several of them. */
      nth: z.union([z.int().positive(), z.array(z.int().positive())]).optional(),
      /** By chance, decided by the seed. */
      probability: z.number().min(0).max(1).optional(),
      /** At most this often. */
      times: z.int().positive().optional(),
    })
    .default({}),
  fault: FaultOrName,
});
export type FaultRule = z.input<typeof FaultRule>;
export type CheckedRule = z.output<typeof FaultRule>;

export const FaultRules = z.array(FaultRule);
