import { z } from "zod";
import { CHANNELS, DIRECTIONS, PLATFORMS, SENDER_TYPES } from "../domain/parts.ts";
import { SearchError } from "./search-error.ts";

const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);

const id = z.string().regex(/^[1-9]\d{0,17}$/, "expected an id of Hostaway's, digits only");
const moment = z
  .date({ error: "expected a moment" })
  .refine((at) => at.getTime() >= EARLIEST && at.getTime() < LATEST, "expected a time from 1970 to 2199");
const words = (most: number) =>
  z
    .string()
    .max(most, `expected at most ${most} characters`)
    .refine((text) => /[\p{L}\p{N}]/u.test(text), "expected letters or digits");
const oneOrMore = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.array(z.enum(values, { error: `expected one of ${values.join(", ")}` })).min(1, "expected at least one");

/** What messages are looked for. All that is given must fit. */
export const Criteria = z
  .strictObject({
    reservation: id,
    conversation: id,
    property: id,
    /** Part of the guest's name: words in any order, each the beginning of one of the name's, or three letters of it. */
    guest: words(200),
    /** Words that all must be there; "in quotes" next to each other; -not there. */
    text: words(500),
    /** From this moment on. */
    from: moment,
    /** Before this moment. */
    to: moment,
    channels: oneOrMore(CHANNELS),
    platforms: oneOrMore(PLATFORMS),
    direction: z.enum(DIRECTIONS, { error: `expected one of ${DIRECTIONS.join(", ")}` }),
    senders: oneOrMore(SENDER_TYPES),
    /** Also those that are gone from Hostaway. */
    deleted: z.boolean(),
  })
  .partial();
export type Criteria = z.infer<typeof Criteria>;

export const DEFAULT_SIZE = 50;
export const MOST_AT_ONCE = 1_000;

export const Page = z.strictObject({
  size: z
    .number({ error: "expected a number" })
    .int("expected a whole number")
    .min(1, "expected at least 1")
    .max(MOST_AT_ONCE, `expected at most ${MOST_AT_ONCE}`)
    .default(DEFAULT_SIZE),
  /** Where the page before ended. */
  after: z.string().max(400, "expected what the page before gave").optional(),
  order: z.enum(["oldest first", "newest first"]).default("oldest first"),
});
export type Page = z.input<typeof Page>;
export type CheckedPage = z.output<typeof Page>;

/** Throws `SearchError` for the first field that does not fit. */
export function checked<S extends z.ZodType>(schema: S, given: unknown): z.output<S> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new SearchError(fieldOf(issue), issue?.message ?? "not valid");
}

function fieldOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === "unrecognized_keys") return issue.keys.join(", ");
  return String(issue?.path[0] ?? "criteria");
}
