import { describe, expect, test } from "@jest/globals";
import { type CriteriaText, type ParsedCriteria, parseCriteria } from "../../src/query/parse-criteria.ts";
import { SearchError } from "../../src/query/search-error.ts";

const criteriaOf = (given: CriteriaText): ParsedCriteria["criteria"] => parseCriteria(given).criteria;
const pageOf = (given: CriteriaText): ParsedCriteria["page"] => parseCriteria(given).page;
const utc = (text: string) => new Date(text);

describe("texts become criteria", () => {
  test.each<[CriteriaText, ParsedCriteria["criteria"]]>([
    [{}, {}],
    [
      { reservation: "1", conversation: "22", property: "333" },
      { reservation: "1", conversation: "22", property: "333" },
    ],
    [
      { guest: "garcia lo", text: '-"car park"' },
      { guest: "garcia lo", text: '-"car park"' },
    ],
    [{ guest: undefined, from: undefined, channel: undefined, newest: undefined }, {}],
    [{ from: "2026-03-31" }, { from: utc("2026-03-31T00:00:00Z") }],
    [{ to: "2026-03-31" }, { to: utc("2026-04-01T00:00:00Z") }],
    [
      { from: "2024-02-29", to: "2024-02-29" },
      { from: utc("2024-02-29"), to: utc("2024-03-01") },
    ],
    [{ from: "2026-03-31T18:00Z" }, { from: utc("2026-03-31T18:00:00Z") }],
    [{ to: "2026-03-31T18:00:30.250+02:00" }, { to: utc("2026-03-31T16:00:30.250Z") }],
    [{ channel: "email" }, { channels: ["email"] }],
    [
      { channel: ["email", "sms"], platform: ["airbnb"] },
      { channels: ["email", "sms"], platforms: ["airbnb"] },
    ],
    [
      { direction: "incoming", sender: ["guest", "host"] },
      { direction: "incoming", senders: ["guest", "host"] },
    ],
    [{ deleted: "true" }, { deleted: true }],
    [{ deleted: "false" }, { deleted: false }],
  ])("%j", (given, expected) => {
    expect(criteriaOf(given)).toEqual(expected);
  });

  test.each<[CriteriaText, ParsedCriteria["page"]]>([
    [{}, { order: "oldest first" }],
    [{ limit: "1" }, { size: 1, order: "oldest first" }],
    [
      { limit: "1000", newest: "true" },
      { size: 1_000, order: "newest first" },
    ],
    [
      { after: "WzE3", newest: "false" },
      { after: "WzE3", order: "oldest first" },
    ],
  ])("page: %j", (given, expected) => {
    expect(pageOf(given)).toEqual(expected);
  });
});

const HUGE = "9".repeat(1_000_000);
const shortened = (value: unknown) => JSON.stringify(value).slice(0, 40);
const hostile = (value: unknown) => value as string;

describe("a text that is not valid is an error, which names its field and never quotes it", () => {
  const REFUSED: readonly [field: string, value: unknown][] = [
    ...["reservation", "conversation", "property"].flatMap((field): [string, unknown][] =>
      ["", " ", "0", "-1", "1.5", "1e3", "0x1f", "1 2", "١٢", "$ne", "__proto__", HUGE].map((text) => [
        field,
        text,
      ]),
    ),
    ...[
      "reservation",
      "guest",
      "text",
      "from",
      "to",
      "direction",
      "deleted",
      "limit",
      "after",
      "newest",
    ].flatMap((field): [string, unknown][] => [
      [field, ["1", "2"]],
      [field, []],
      [field, { $gt: "" }],
      [field, null],
      [field, 1.5],
      [field, Number.NaN],
    ]),
    ...["guest", "text"].flatMap((field): [string, unknown][] =>
      ["", "…", HUGE].map((text) => [field, text]),
    ),
    ...["from", "to"].flatMap((field): [string, unknown][] =>
      [
        "",
        "today",
        "NaN",
        "0",
        "1711843200000",
        "2026-02-30",
        "2026-02-30T10:00Z",
        "2025-02-29",
        "2026-13-01",
        "2026-00-10",
        "2026-03-31T25:00Z",
        "2026-03-31T18:00",
        "2026-03-31 18:00Z",
        "2026-3-1",
        "31.03.2026",
        "+002026-03-31",
        "1969-12-30",
        "9999-12-31",
        " 2026-03-31",
        "2026-03-31\n",
        HUGE,
      ].map((text) => [field, text]),
    ),
    ...["channel", "platform", "sender"].flatMap((field): [string, unknown][] =>
      [
        "",
        "pigeon",
        "EMAIL",
        "__proto__",
        "constructor",
        [],
        ["pigeon"],
        [["email"]],
        { 0: "email" },
        HUGE,
      ].map((value) => [field, value]),
    ),
    ["direction", "sideways"],
    ["direction", "toString"],
    ...["deleted", "newest"].flatMap((field): [string, unknown][] =>
      ["", "1", "yes", "TRUE"].map((text) => [field, text]),
    ),
    ...["", "0", "-1", "1.5", "1e2", "1001", " 5", "0x10", "NaN", "Infinity", HUGE].map(
      (text): [string, unknown] => ["limit", text],
    ),
    ["after", HUGE],
  ];
  test.each(REFUSED.map(([field, value]) => [field, shortened(value), value] as const))(
    "%s: %s",
    (field, _, value) => {
      const parsed = () => parseCriteria({ [field]: hostile(value) });

      expect(parsed).toThrow(SearchError);
      expect(parsed).toThrow(
        expect.objectContaining({ field, message: expect.stringMatching(/^[ -~]{1,250}$/) }),
      );
    },
  );

  const UNKNOWN = [
    "__proto__",
    "constructor",
    "$where",
    "size",
    "Guest",
    "guest.name",
    "",
    HUGE,
    "\u001b[2J",
  ];
  test.each(UNKNOWN.map((name) => [shortened(name), name] as const))("no such field: %s", (_, name) => {
    const given: CriteriaText = JSON.parse(`{${JSON.stringify(name)}:"1"}`);

    expect(() => parseCriteria(given)).toThrow(SearchError);
    expect(() => parseCriteria(given)).toThrow(/^[ -~…]{0,60}: no such field$/);
  });

  test("nothing of it gets into the prototype of all objects", () => {
    expect(() => parseCriteria(JSON.parse('{"__proto__":{"polluted":"1"}}'))).toThrow(SearchError);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});
