import { expect, test } from "@jest/globals";
import { fiveTriesInQuarterOfAMinute, readRateLimitHeaders } from "../../src/http/retry-policy.ts";

const NOW = new Date("2026-11-20T12:00:00Z");
const inSeconds = (seconds: number) => String(NOW.getTime() / 1_000 + seconds);
const WINDOW_MS = 10_000;

test.each([
  ["a Unix time", { "x-ratelimit-retry-after": inSeconds(7) }, 7_000],
  ["a Unix time that has passed", { "x-ratelimit-retry-after": inSeconds(-7) }, 0],
  ["a span in seconds", { "x-ratelimit-retry-after": "4" }, 4_000],
  ["the standard header", { "retry-after": "3" }, 3_000],
  [
    "Hostaway's header before the standard one",
    { "x-ratelimit-retry-after": "4", "retry-after": "3" },
    4_000,
  ],
  ["nothing: then a full window is waited", {}, WINDOW_MS],
  ["something unreadable", { "x-ratelimit-retry-after": "soon", "retry-after": "later" }, WINDOW_MS],
  [
    "a moment next year: then five minutes are enough",
    { "x-ratelimit-retry-after": inSeconds(31_536_000) },
    300_000,
  ],
  [
    "a Unix time by a clock ten minutes ahead of ours",
    { "x-ratelimit-retry-after": inSeconds(607), date: new Date(NOW.getTime() + 600_000).toUTCString() },
    7_000,
  ],
])("a 429 may name %s", (_, headers, waitMs) => {
  expect(readRateLimitHeaders(headers, NOW, WINDOW_MS).waitMs).toBe(waitMs);
});

test.each([
  ["200", 200],
  [undefined, null],
  ["0", null],
  ["many", null],
])("the limit %j is read as %j", (limit, serverLimit) => {
  expect(readRateLimitHeaders({ "x-ratelimit-limit": limit }, NOW, WINDOW_MS).serverLimit).toBe(serverLimit);
});

test("the waits between five tries double, a quarter of a minute in all", () => {
  const waits = [1, 2, 3, 4].map(fiveTriesInQuarterOfAMinute.longestWaitMs);

  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000]);
});
