import { tzOffset } from "@date-fns/tz";
import { describe, expect, test } from "@jest/globals";
import { createPlan } from "../../src/schedule/plan.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const BEGIN = Date.UTC(2026, 0, 1);
const END = Date.UTC(2036, 0, 1);
const WEEKS = Array.from(
  { length: Math.ceil((END - BEGIN) / (7 * DAY_MS)) },
  (_, week) => BEGIN + week * 7 * DAY_MS,
);

const at = (text: string) => new Date(`${text}Z`);

interface Zone {
  readonly name: string;
  /** The hours in which its clocks change, within ten years. */
  readonly changes: readonly number[];
}

/** Of all zones those that behave differently in the ten years, and when their clocks change. */
function differentZones(): Zone[] {
  const zones = new Map<string, Zone>();
  for (const name of Intl.supportedValuesOf("timeZone")) {
    const offset = (moment: number) => tzOffset(name, new Date(moment));
    const offsets = WEEKS.map(offset);
    const changes = WEEKS.slice(1).flatMap((week, index) => {
      if (offsets[index] === offsets[index + 1]) return [];
      let hour = week - 7 * DAY_MS;
      while (offset(hour) === offsets[index]) hour += HOUR_MS / 2;
      return [hour];
    });
    zones.set(JSON.stringify([offsets, changes]), { name, changes });
  }
  return [...zones.values()];
}

const ZONES = differentZones();
const CHANGING = ZONES.filter(({ changes }) => changes.length > 0);
const EXPRESSIONS = ["0 1 * * *", "30 2 * * *", "0 0 * * *", "30 0 * * *", "15 3 * * *", "59 23 * * *"];

/** The days that a run may count for: two when its minute is jumped over at midnight, as at 23:59 in Scoresbysund. */
function daysOf(run: Date, zone: string): number[] {
  const dayAt = (moment: number) => Math.floor((moment + tzOffset(zone, new Date(moment)) * 60_000) / DAY_MS);
  return [dayAt(run.getTime()), dayAt(run.getTime() - 1)];
}

/** Every local day from the first run to the last has exactly one. */
function expectOneRunADay(expression: string, zone: string, from: number, to: number): void {
  const plan = createPlan(expression, zone);
  let run = plan.next(new Date(from));
  let [day = 0] = daysOf(run, zone);
  const wrong: string[] = [];
  while (run.getTime() < to) {
    run = plan.next(run);
    day += 1;
    if (daysOf(run, zone).includes(day)) continue;
    wrong.push(`${zone}, ${expression}: ${run.toISOString()}`);
    [day = 0] = daysOf(run, zone);
  }
  expect(wrong).toEqual([]);
}

describe("one run for each local day, none skipped and none doubled", () => {
  test("the zones are those of the whole world, summer time at odd hours included", () => {
    expect(ZONES.length).toBeGreaterThan(60);
    const names = CHANGING.map(({ name }) => name).join(" ");
    for (const zone of ["Lord_Howe", "Troll", "Cairo", "Havana", "Santiago"]) expect(names).toContain(zone);
  });

  test("in ten years, in each zone in the world", () => {
    for (const { name } of CHANGING) expectOneRunADay("30 2 * * *", name, BEGIN, END);
    for (const { name } of ZONES) expectOneRunADay("0 1 * * *", name, BEGIN, BEGIN + 60 * DAY_MS);
  });

  test.each(EXPRESSIONS)("around each change of the clocks within ten years, at %s", (expression) => {
    for (const { name, changes } of CHANGING)
      for (const change of changes)
        expectOneRunADay(expression, name, change - 3 * DAY_MS, change + 3 * DAY_MS);
  });
});

describe("a plan", () => {
  test("is due at the wall-clock time of its zone, whatever the machine's", () => {
    const plan = createPlan("0 1 * * *", "Europe/Berlin");

    expect(plan.next(at("2026-07-01T12:00:00"))).toEqual(at("2026-07-01T23:00:00"));
    expect(plan.next(at("2026-12-01T12:00:00"))).toEqual(at("2026-12-02T00:00:00"));
  });

  test("is due when the clock is put forward over its hour", () => {
    const plan = createPlan("30 2 * * *", "Europe/Berlin");

    expect(plan.next(at("2026-03-28T12:00:00"))).toEqual(at("2026-03-29T01:00:00"));
    expect(plan.next(at("2026-03-29T01:00:00"))).toEqual(at("2026-03-30T00:30:00"));
  });

  test("is due at the first of two hours with the same name", () => {
    const plan = createPlan("30 2 * * *", "Europe/Berlin");

    expect(plan.next(at("2026-10-24T12:00:00"))).toEqual(at("2026-10-25T00:30:00"));
    expect(plan.next(at("2026-10-25T00:30:00"))).toEqual(at("2026-10-26T01:30:00"));
  });

  test.each([
    ["*/15 * * * *", "2026-11-20T10:07:00", "2026-11-20T10:15:00"],
    ["0 3 * * 1", "2026-11-20T10:07:00", "2026-11-23T03:00:00"],
    ["0 0 29 2 *", "2026-11-20T10:07:00", "2028-02-29T00:00:00"],
    ["0 4 L * *", "2026-11-20T10:07:00", "2026-11-30T04:00:00"],
    ["30 0 1 * * *", "2026-11-20T01:00:29", "2026-11-20T01:00:30"],
    ["0 1 1 1 *", "2026-11-20T10:07:00", "2027-01-01T01:00:00"],
  ])("%s after %s is %s", (expression, after, next) => {
    expect(createPlan(expression, "UTC").next(at(after))).toEqual(at(next));
  });

  test("knows when it was due last", () => {
    const plan = createPlan("0 1 * * *", "Europe/Berlin");
    let due = at("2026-01-01T00:00:00");
    for (let night = 0; night < 400; night += 1) {
      const next = plan.next(due);
      expect(plan.previous(next)).toEqual(next);
      expect(plan.previous(new Date(next.getTime() - 1))).toEqual(due);
      due = next;
    }
  });
});
