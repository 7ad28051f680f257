import { expect, test } from "@jest/globals";
import { firstTimeZone, toLocalTimestamp } from "../../src/transform/local-time.ts";

const ZONES = [
  "Europe/Berlin",
  "Europe/London",
  "America/New_York",
  "America/St_Johns",
  "America/Sao_Paulo",
  "Asia/Kolkata",
  "Asia/Kathmandu",
  "Australia/Adelaide",
  "Australia/Lord_Howe",
  "Africa/Casablanca",
  "Pacific/Kiritimati",
  "Pacific/Chatham",
  "UTC",
];

/** The same by the platform's own calendar. */
function calendarOf(timeZone: string): (moment: Date) => string {
  const options = { timeZone, dateStyle: "short", timeStyle: "medium", hourCycle: "h23" } as const;
  const format = new Intl.DateTimeFormat("sv-SE", options);
  return (moment) => format.format(moment).replace(" ", "T");
}

test.each(ZONES)("local time in %s is what the clock on the wall shows, every half hour of 2026", (zone) => {
  const onTheWall = calendarOf(zone);
  const wrong: string[] = [];
  for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 1_800_000) {
    const moment = new Date(at);
    if (toLocalTimestamp(moment, zone) !== onTheWall(moment)) wrong.push(moment.toISOString());
  }

  expect(wrong).toEqual([]);
});

test("the second before and the second of a change to summer time are an hour and a second apart", () => {
  expect(toLocalTimestamp(new Date("2026-03-29T00:59:59Z"), "Europe/Berlin")).toBe("2026-03-29T01:59:59");
  expect(toLocalTimestamp(new Date("2026-03-29T01:00:00Z"), "Europe/Berlin")).toBe("2026-03-29T03:00:00");
});

test("without a zone there is no local time", () => {
  expect(toLocalTimestamp(new Date(), null)).toBeNull();
});

test.each([
  [["Europe/Paris", "Asia/Tokyo"], "Europe/Paris"],
  [[null, "Asia/Tokyo"], "Asia/Tokyo"],
  [["Mars/Olympus", "Asia/Tokyo"], "Asia/Tokyo"],
  [["constructor", "__proto__", ""], null],
  [[], null],
])("of the zones %j the first real one is %j", (names, zone) => {
  expect(firstTimeZone(...names)).toBe(zone);
});
