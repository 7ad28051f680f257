import { z } from "zod";
import { inline } from "../domain/printable.ts";
import { DAY_MS, isoDay } from "../domain/time.ts";
import { Criteria, checked, MAX_PAGE_SIZE, PagingOptions } from "./criteria.ts";
import { SearchError } from "./search-error.ts";

/** Criteria and page as a command line or a URL gives them: texts, or lists of texts. */
export type CriteriaText = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface ParsedCriteria {
  readonly criteria: Criteria;
  readonly page: PagingOptions;
}

const CALENDAR_DAY = /^\d{4}-\d\d-\d\d$/;
const ISO_MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

const singleText = z.string({ error: "expected a single value" });
const flagText = singleText
  .refine((text) => text === "true" || text === "false", "expected true or false")
  .transform((text) => text === "true");
const dayOrMoment = singleText.refine(
  isDayOrMoment,
  "expected a day such as 2026-03-31, or a moment such as 2026-03-31T18:00Z",
);
const limitText = singleText
  .refine(
    (text) => /^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= MAX_PAGE_SIZE,
    `expected a whole number from 1 to ${MAX_PAGE_SIZE}`,
  )
  .transform(Number);
const listed = <S extends z.ZodType>(values: S) =>
  z.preprocess((given) => (typeof given === "string" ? [given] : given), values);

const { shape } = Criteria;

const FIELDS_AS_TEXT = z
  .strictObject({
    reservation: shape.reservation,
    conversation: shape.conversation,
    property: shape.property,
    guest: shape.guest,
    text: shape.text,
    from: dayOrMoment.transform((text) => new Date(text)).pipe(shape.from.unwrap()),
    to: dayOrMoment.transform(endOf).pipe(shape.to.unwrap()),
    channel: listed(shape.channels),
    platform: listed(shape.platforms),
    direction: shape.direction,
    sender: listed(shape.senders),
    deleted: flagText,
    limit: limitText,
    after: PagingOptions.shape.after,
    newest: flagText,
  })
  .partial();

const KNOWN_FIELDS = new Set(Object.keys(FIELDS_AS_TEXT.shape));
const LONGEST_FIELD_SHOWN = 40;

/**
 * Criteria and page from texts. `from` is a UTC day or a moment; `to` too, and a day is included whole. Throws
 * `SearchError`, which names the field as it was given.
 */
export function parseCriteria(given: CriteriaText): ParsedCriteria {
  requireKnownFields(given);
  const fields = checked(FIELDS_AS_TEXT, given);
  const { channel: channels, platform: platforms, sender: senders, limit, after, newest, ...same } = fields;
  return {
    criteria: { ...same, channels, platforms, senders },
    page: { size: limit, after, order: newest ? "newest first" : "oldest first" },
  };
}

function requireKnownFields(given: CriteriaText): void {
  const unknown = Object.keys(given).find((field) => !KNOWN_FIELDS.has(field));
  if (unknown !== undefined) throw new SearchError(inline(unknown, LONGEST_FIELD_SHOWN), "no such field");
}

/** `Date` takes 30 February for 2 March. */
function isDayOrMoment(text: string): boolean {
  if (!CALENDAR_DAY.test(text) && !ISO_MOMENT.test(text)) return false;
  const day = new Date(text.slice(0, 10));
  if (Number.isNaN(day.getTime()) || Number.isNaN(Date.parse(text))) return false;
  return text.startsWith(isoDay(day));
}

function endOf(text: string): Date {
  const start = new Date(text);
  return CALENDAR_DAY.test(text) ? new Date(start.getTime() + DAY_MS) : start;
}
