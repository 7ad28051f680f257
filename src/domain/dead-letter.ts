import { z } from "zod";
import { ERROR_TYPES, type Failure, ITEM_TYPES, STAGES } from "./failure.ts";
import { id, oneOf, text, time, whole } from "./fields.ts";
import { DAY_MS, HOUR_MS } from "./time.ts";

/** One item that could not be read, understood or stored: enough to find it, to try it again, and to see why. */
export const DeadLetter = z.object({
  _id: text("The failure's id: the kind of item and its Hostaway id; one document per item."),
  account_id: id("The Hostaway account."),
  item_type: oneOf(ITEM_TYPES, "The kind of item."),
  item_id: text("Hostaway's id as received; null when the record had none.").nullable(),
  conversation_id: text("The conversation it belongs to.").nullable(),
  stage: oneOf(STAGES, "The stage that failed."),
  error_type: oneOf(ERROR_TYPES, "The kind of error."),
  message: text("Details: field paths, ids and status codes, never message text."),
  http_status: whole("Hostaway's HTTP status, if any.").nullable(),
  attempts: whole("Number of consecutive runs in which it failed."),
  first_failed_at: time("Time of the first failure."),
  last_failed_at: time("Time of the latest failure."),
  next_try_at: time("Earliest time of the next retry, by Hostaway's clock."),
  run_id: text("The run of the latest failure."),
  raw: z.unknown().meta({
    description:
      "The record as Hostaway sent it, limited to the fields this program reads; null when none was received.",
  }),
  resolved_at: time(
    "When a retry succeeded or the item was found deleted; removed 30 days later.",
  ).nullable(),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

/** An item that failed just now; `raw` is the kept part of its record, null when none came. */
export interface FailedItem {
  readonly failure: Failure;
  readonly raw: unknown;
  /** No retry before this time, however few attempts have failed. */
  readonly notBefore?: Date;
}

/** Number of runs in a row that retry an item, before the delays grow. */
const AT_ONCE = 3;
const LONGEST_DAYS = 7;

/**
 * When an item that failed in `attempts` runs is due again: at each of the next three runs, then after 1, 2,
 * 4 and at most 7 days. An hour is taken off, as nights are not always 24 hours apart.
 */
export function nextTryAt(attempts: number, now: Date): Date {
  const days = attempts <= AT_ONCE ? 0 : Math.min(2 ** (attempts - AT_ONCE - 1), LONGEST_DAYS);
  return new Date(now.getTime() + days * DAY_MS - HOUR_MS);
}

/**
 * The time from which on a next try is not believed: Hostaway's clock was wrong when the time was written, or
 * is wrong now. The item is due, as it would rest for years otherwise.
 */
export function beyondNextTry(now: Date): Date {
  return new Date(now.getTime() + (LONGEST_DAYS + 1) * DAY_MS);
}
