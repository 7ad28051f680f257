import { z } from "zod";
import { CHANNELS, DIRECTIONS, PLATFORMS, SENDER_TYPES } from "../domain/parts.ts";
import { INVALID_PAGE_TOKEN } from "./page-token.ts";
import { SearchError } from "./search-error.ts";

const FIRST_MOMENT = Date.UTC(1970, 0, 1);
const END_OF_TIME = Date.UTC(2200, 0, 1);

const SINGLE = { error: "expected a single value" };

const hostawayId = z.string(SINGLE).regex(/^[1-9]\d{0,17}$/, "expected a Hostaway id (digits only)");
const searchableMoment = z
  .date({ error: "expected a moment" })
  .refine(
    (at) => at.getTime() >= FIRST_MOMENT && at.getTime() < END_OF_TIME,
    "expected a time from 1970 to 2199",
  );
const searchableText = (longest: number) =>
  z
    .string(SINGLE)
    .max(longest, `expected at most ${longest} characters`)
    .refine((text) => /[\p{L}\p{N}]/u.test(text), "expected letters or digits");
const oneOrMore = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.array(z.enum(values, { error: `expected one of ${values.join(", ")}` })).min(1, "expected at least one");

/** Which messages to find. A message must match every criterion given. */
export const Criteria = z
  .strictObject({
    reservation: hostawayId,
    conversation: hostawayId,
    property: hostawayId,
    /** Part of the guest's name: words in any order, each the beginning of a word of the name, or three letters of it. */
    guest: searchableText(200),
    /** Words that must all occur; "in quotes" next to each other; -word must not occur. */
    text: searchableText(500),
    /** From this moment on. */
    from: searchableMoment,
    /** Before this moment. */
    to: searchableMoment,
    channels: oneOrMore(CHANNELS),
    platforms: oneOrMore(PLATFORMS),
    direction: z.enum(DIRECTIONS, { error: `expected one of ${DIRECTIONS.join(", ")}` }),
    senders: oneOrMore(SENDER_TYPES),
    /** Also messages deleted in Hostaway. */
    deleted: z.boolean(),
  })
  .partial();
export type Criteria = z.infer<typeof Criteria>;

export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 1_000;

export const PagingOptions = z.strictObject({
  size: z
    .number({ error: "expected a number" })
    .int("expected a whole number")
    .min(1, "expected at least 1")
    .max(MAX_PAGE_SIZE, `expected at most ${MAX_PAGE_SIZE}`)
    .default(DEFAULT_PAGE_SIZE),
  /** The token that the previous page gave. */
  after: z.string(SINGLE).max(400, INVALID_PAGE_TOKEN).optional(),
  order: z.enum(["oldest first", "newest first"]).default("oldest first"),
});
export type PagingOptions = z.input<typeof PagingOptions>;
export type CheckedPagingOptions = z.output<typeof PagingOptions>;

/** Throws `SearchError` for the first field that is not valid. */
export function checked<S extends z.ZodType>(schema: S, given: unknown): z.output<S> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new SearchError(fieldWithIssue(issue), issue?.message ?? "not valid");
}

function fieldWithIssue(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === "unrecognized_keys") return issue.keys.join(", ");
  return String(issue?.path[0] ?? "criteria");
}
