import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createPlan } from "../../src/schedule/plan.ts";

const at = (text: string) => new Date(`${text}Z`);

/** The days in UTC of the next so many runs. */
function daysOf(expression: string, after: string, count: number): string[] {
  const plan = createPlan(expression, "UTC");
  let run = at(after);
  return Array.from({ length: count }, () => {
    run = plan.next(run);
    return run.toISOString().slice(0, 10);
  });
}

describe("the two day fields, as crontab(5) joins them", () => {
  test("either is enough where both are restricted", () => {
    expect(daysOf("0 1 1,15 * 5", "2026-11-26T12:00:00", 6)).toEqual([
      ...["2026-11-27", "2026-12-01", "2026-12-04", "2026-12-11", "2026-12-15", "2026-12-18"],
    ]);
  });

  test("both must match where one begins with a star", () => {
    expect(daysOf("0 1 */2 * 5", "2026-11-26T12:00:00", 2)).toEqual(["2026-11-27", "2026-12-11"]);
    expect(daysOf("0 1 13 * */5", "2026-01-01T00:00:00", 2)).toEqual(["2026-02-13", "2026-03-13"]);
  });

  test("all days written out are still a restriction, of which either is enough", () => {
    expect(daysOf("0 1 1-31 * 5", "2026-11-27T12:00:00", 2)).toEqual(["2026-11-28", "2026-11-29"]);
  });

  test.each([
    ["0 1 * * MON", "2026-11-30"],
    ["0 1 * * 7", "2026-11-29"],
    ["0 1 * * 0", "2026-11-29"],
    ["0 1 * * 5-7", "2026-11-27"],
    ["0 1 1 jan *", "2027-01-01"],
    ["0 1 2-20/6 * *", "2026-12-02"],
    ["0 1 L * MON", "2026-11-30"],
    ["@daily", "2026-11-27"],
    ["@monthly", "2026-12-01"],
  ])("%s runs next on %s", (expression, day) => {
    expect(daysOf(expression, "2026-11-26T12:00:00", 1)).toEqual([day]);
  });

  test("the day before is found by the same rule", () => {
    expect(createPlan("0 1 1,15 * 5", "UTC").previous(at("2026-12-03T00:00:00"))).toEqual(
      at("2026-12-01T01:00:00"),
    );
  });
});

/** A field as a person writes it, and the numbers it means. */
interface Field {
  readonly text: string;
  readonly means: ReadonlySet<number>;
  readonly open: boolean;
}

const WEEKDAYS = ["sun", "MON", "Tue", "wed", "THU", "fri", "Sat"];

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
}

/** @param named the largest number that is written out: node-cron refuses a 31st of February */
function fieldIn(
  least: number,
  most: number,
  names: readonly string[] = [],
  named = most,
): fc.Arbitrary<Field> {
  const one = fc.integer({ min: least, max: named });
  const stars = fc.integer({ min: 1, max: 6 }).map((step) => ({
    text: step === 1 ? "*" : `*/${step}`,
    means: new Set(range(least, most, step)),
    open: true,
  }));
  const single = one.map((value) => ({ text: names[value] ?? String(value), values: [value] }));
  const span = fc.tuple(one, one, fc.integer({ min: 1, max: 5 })).map(([a, b, step]) => {
    const [from, to] = [Math.min(a, b), Math.max(a, b)];
    return { text: `${from}-${to}${step === 1 ? "" : `/${step}`}`, values: range(from, to, step) };
  });
  const listed = fc.array(fc.oneof(single, span), { minLength: 1, maxLength: 3 }).map((parts) => ({
    text: parts.map(({ text }) => text).join(","),
    means: new Set(parts.flatMap(({ values }) => values)),
    open: false,
  }));
  return fc.oneof(stars, listed);
}

/** What the clocks of a zone show, by Node's own calendar. */
function wallClockIn(zone: string): (moment: Date) => { readonly date: string; readonly time: string } {
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "short",
  });
  return (moment) => {
    const [date = "", time = ""] = format.format(moment).split(" ");
    return { date, time };
  };
}

const DAY_MS = 24 * 60 * 60 * 1_000;
const MOST_DAYS = 2_000;

function matches(date: string, dates: Field, months: Field, weekdays: Field): boolean {
  const day = new Date(`${date}T00:00:00Z`);
  if (!months.means.has(day.getUTCMonth() + 1)) return false;
  const byDate = dates.means.has(day.getUTCDate());
  const byWeekday = weekdays.means.has(day.getUTCDay());
  return dates.open || weekdays.open ? byDate && byWeekday : byDate || byWeekday;
}

test("runs on the days of a small model of crontab, over years and in zones with and without summer time", () => {
  const zones = ["UTC", "Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "Asia/Kathmandu"];
  fc.assert(
    fc.property(
      fieldIn(1, 31, [], 28),
      fieldIn(1, 12),
      fieldIn(0, 6, WEEKDAYS),
      fc.constantFrom(...zones),
      fc.date({ min: at("2020-01-01T00:00:00"), max: at("2034-01-01T00:00:00"), noInvalidDate: true }),
      (dates, months, weekdays, zone, after) => {
        const show = wallClockIn(zone);
        // Noon is an hour that no zone's clocks jump over.
        const plan = createPlan(`0 12 ${dates.text} ${months.text} ${weekdays.text}`, zone);
        const begin = show(after);
        const first = Date.parse(begin.date) + (begin.time >= "12:00" ? DAY_MS : 0);
        const expected = range(0, MOST_DAYS, 1)
          .map((days) => new Date(first + days * DAY_MS).toISOString().slice(0, 10))
          .find((date) => matches(date, dates, months, weekdays));
        fc.pre(expected !== undefined);
        expect(show(plan.next(after))).toEqual({ date: expected, time: "12:00" });
      },
    ),
    { numRuns: 300 },
  );
});
