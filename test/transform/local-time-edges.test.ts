import { describe, expect, test } from "@jest/globals";
import { firstTimeZone, toLocalTimestamp } from "../../src/transform/local-time.ts";

describe("the wall clock jumps at the second the zone's clocks are changed", () => {
  test.each([
    ["Europe/Berlin", "2026-10-25T01:00:00Z", "02:59:59", "02:00:00"],
    ["Europe/Lisbon", "2026-03-29T01:00:00Z", "00:59:59", "02:00:00"],
    ["Europe/London", "2026-10-25T01:00:00Z", "01:59:59", "01:00:00"],
    ["America/New_York", "2026-03-08T07:00:00Z", "01:59:59", "03:00:00"],
    ["America/New_York", "2026-11-01T06:00:00Z", "01:59:59", "01:00:00"],
    ["America/St_Johns", "2026-03-08T05:30:00Z", "01:59:59", "03:00:00"],
    ["America/St_Johns", "2026-11-01T04:30:00Z", "01:59:59", "01:00:00"],
    ["Australia/Adelaide", "2026-04-04T16:30:00Z", "02:59:59", "02:00:00"],
    ["Australia/Adelaide", "2026-10-03T16:30:00Z", "01:59:59", "03:00:00"],
    ["Australia/Lord_Howe", "2026-04-04T15:00:00Z", "01:59:59", "01:30:00"],
    ["Australia/Lord_Howe", "2026-10-03T15:30:00Z", "01:59:59", "02:30:00"],
  ])("in %s at %s from %s to %s", (zone, change, before, after) => {
    const at = new Date(change);
    const justBefore = new Date(at.getTime() - 1_000);

    expect(toLocalTimestamp(justBefore, zone)?.slice(11)).toBe(before);
    expect(toLocalTimestamp(at, zone)?.slice(11)).toBe(after);
  });
});

test("the local time drops fractions of a second", () => {
  const moment = new Date("2026-07-16T10:12:52.999Z");

  expect(toLocalTimestamp(moment, "Europe/Berlin")).toBe("2026-07-16T12:12:52");
});

test("the local time keeps its form on the last day of the calendar", () => {
  const local = toLocalTimestamp(new Date("9999-12-31T23:59:59Z"), "Asia/Tokyo");

  expect(local ?? "1900-01-01T00:00:00").toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/);
});

test("a zone that does not exist is refused however often and under however many names it is asked for", () => {
  const names = Array.from({ length: 1_500 }, (_, index) => `Nowhere/Number_${index % 1_200}`);

  expect(names.filter((name) => firstTimeZone(name) !== null)).toEqual([]);
  expect(firstTimeZone("Asia/Tokyo")).toBe("Asia/Tokyo");
});
