import { describe, expect, test } from "@jest/globals";
import { ERROR_TYPES, POLICY } from "../../src/domain/failure.ts";
import type { Contact } from "../../src/domain/insights.ts";
import { PLATFORMS } from "../../src/domain/parts.ts";
import type { RunReport } from "../../src/domain/run-report.ts";
import { renderReportPage } from "../../src/report/page/report-page.ts";
import { errorWords } from "../../src/report/phrases.ts";
import { A_WINTER, NO_MESSAGES } from "./insights.ts";
import { aMonth, endOf, failureOf, HELD_BACK, reportOf } from "./reports.ts";

const OPTIONS = { accountId: "10001", generatedAt: new Date("2026-11-20T06:30:00Z") };
const pageOf = (reports: readonly RunReport[], options = OPTIONS) =>
  renderReportPage(reports, NO_MESSAGES, options);
const MONTH = aMonth();
const PAGE = pageOf(MONTH);

/** What a person reads, without what only the browser does. */
function wordsOf(page: string): string {
  return page
    .replace(/<style>.*?<\/style>|<svg.*?<\/svg>/gs, " ")
    .replace(/<[^>]+>/g, " ")
    .replaceAll("&#39;", "'")
    .replaceAll("&quot;", '"')
    .replace(/\s+/g, " ");
}

const nightsFrom = (first: string, nights: number) =>
  Array.from({ length: nights }, (_, night) =>
    reportOf({ startedAt: new Date(Date.parse(first) + night * 86_400_000).toISOString() }),
  );

describe("the page", () => {
  test("begins with the last run: how it went, what came, what to do", () => {
    const words = wordsOf(PAGE);

    expect(words).toContain("Last run, 5 hours ago partial 653 of 656 items stored, 3 failed.");
    expect(words).toContain("20 November 2026, 01:00 UTC, took 9.6 s");
    expect(words).toMatch(
      /new messages 72 changed messages 11 conversations read 78 of 789 API calls 83 of 795/,
    );
    expect(words).toContain("Validation error, 2 times Open the item in Hostaway");
    expect(words).toContain("message 88120411 in conversation 30415 date: missing");
    expect(words).toContain(`${HELD_BACK.message}. ${HELD_BACK.remediation}`);
  });

  test("says of a quiet night that there is nothing to do", () => {
    expect(wordsOf(pageOf([reportOf()]))).toContain("To do No action needed. One run so far.");
  });

  test("says that what failed before is still missing, though nothing failed last night", () => {
    const words = wordsOf(pageOf([reportOf({ status: "partial", openFailures: 2 })]));

    expect(words).toContain("Nothing failed in this run, but earlier failures are still open.");
    expect(words).toContain("2 earlier failures are still open. For details, run: hostaway-sync failures");
    expect(words).toContain("2 earlier failures open");
  });

  test("says how old the last run is", () => {
    const later = { ...OPTIONS, generatedAt: new Date("2026-11-27T06:30:00Z") };

    expect(wordsOf(pageOf(MONTH, later))).toContain("Last run, 7 days ago");
  });

  test("has a row for each run, newest first", () => {
    const rows = [...PAGE.matchAll(/class="id">(\w+)</g)].map(([, id]) => id);

    expect(rows).toEqual([...MONTH].reverse().map(({ run_id }) => run_id));
    expect(wordsOf(PAGE)).toContain("The last 30 runs: 27 succeeded, 2 partial and 1 failed.");
    expect(wordsOf(PAGE)).toContain("10 November 2026, 01:00 failed 1 × unauthorized 1.3 s 0 0 0 0 2 –");
  });

  test("is the same whatever the order of the reports, and each time", () => {
    expect(pageOf([...MONTH].reverse())).toBe(PAGE);
    expect(pageOf(MONTH)).toBe(PAGE);
  });

  test("shows the newest thirty of more", () => {
    const nights = nightsFrom("2026-09-01T01:00:00Z", 45);
    const page = pageOf(nights);

    expect(page).not.toContain(nights[14]?.run_id);
    expect(page).toContain(nights[15]?.run_id);
    expect(page).toContain(nights[44]?.run_id);
  });

  test("names each type of failure with its remedy", () => {
    const failures = ERROR_TYPES.map((type) => failureOf(type));
    const words = wordsOf(pageOf([reportOf({ status: "partial", failures }), reportOf()]));

    for (const type of ERROR_TYPES) {
      expect(words).toMatch(new RegExp(`${errorWords(type)} 1 20 November 2026, 01:00 UTC`));
      expect(words).toContain(POLICY[type].remedy);
    }
  });

  test("counts failures that the report does not name", () => {
    const failures = [failureOf("timeout")];
    const words = wordsOf(pageOf([reportOf({ status: "partial", failures, failed: 1_500 })]));

    expect(words).toContain("1,499 more failed items not listed in the report.");
    expect(words).toContain("not listed in the report 1,499");
  });

  test("is a friendly sentence before the first run", () => {
    const page = pageOf([]);

    expect(wordsOf(page)).toContain("No runs yet Runs appear here after the first hostaway-sync sync");
    expect(page).not.toContain("<figure");
  });

  test("escapes whatever comes from outside", () => {
    const evil = `<img src=x onerror="alert(1)">&'`;
    const escaped = "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;&#39;";
    const failure = failureOf("timeout", {
      item_id: `id${evil}`,
      message: `msg${evil}`,
      remediation: `rem${evil}`,
    });
    // A type that a later version knows, in a report that is older than this page.
    const unknown = { ...failure, error_type: `type${evil}` } as unknown as typeof failure;
    const report = {
      ...reportOf({ status: "partial", failures: [failure, unknown] }),
      run_id: `run${evil}`,
      warnings: [{ ...HELD_BACK, message: `warn${evil}`, remediation: `wrem${evil}` }],
    };
    const page = pageOf([report], { ...OPTIONS, accountId: `acc${evil}` });

    expect(page).not.toContain("<img");
    for (const place of ["id", "msg", "rem", "type", "run", "warn", "wrem", "acc"])
      expect(page).toContain(`${place}${escaped}`);
  });

  test("stands alone: no script, nothing to load, and a policy that forbids both", () => {
    expect(PAGE.match(/<script|javascript:|\son\w+=|https?:|<iframe|@import|url\((?!#)|src=/)).toBeNull();
    expect(new Set([...PAGE.matchAll(/href="([^"]*)"/g)].map(([, target]) => target))).toEqual(
      new Set(["data:,", "#runs", "#messages"]),
    );
    expect(PAGE).toContain("default-src 'none'");
    // What ECharts numbers through from picture to picture, for scripts and hovering.
    expect(PAGE.match(/zr\d|ecmeta/)).toBeNull();
  });

  test("has a title, one main heading and a language", () => {
    expect(PAGE).toContain("<title>Account 10001: partial · hostaway-sync</title>");
    expect(PAGE.match(/<h1>/g)).toHaveLength(1);
    expect(PAGE).toContain('<html lang="en">');
  });
});

describe("its charts", () => {
  test("have captions, and words for those who do not see them", () => {
    const pictures = [...PAGE.matchAll(/<svg role="img" aria-label="([^"]+)"/g)].map(
      ([, words = ""]) => words,
    );

    expect(PAGE.match(/<figure /g)).toHaveLength(4);
    expect(PAGE.match(/<figcaption>/g)).toHaveLength(4);
    expect(new Set(pictures).size).toBe(4);
    expect(pictures).toContainEqual(
      "Bar chart of new and changed messages per day. 11,408 new and 232 changed messages in 30 days. Peak: 9,804 new messages on 22 October 2026.",
    );
    expect(pictures).toContainEqual(
      expect.stringContaining("timeout: 3, validation error: 2, unauthorized: 1"),
    );
  });

  test("say the numbers behind each bar where the mouse rests", () => {
    for (const words of [
      "20 November 2026: 72 new, 11 changed",
      "20 November 2026, 01:00 UTC: 83 calls; a full sync would take 795",
      "2 November 2026, 01:00 UTC: 3 × timeout",
      "10 November 2026, 01:00 UTC: failed in 1.3 s",
    ])
      expect(PAGE).toContain(`<title>${words}</title>`);
  });

  test("cut off what would hide everything else, and say so", () => {
    expect(PAGE).toContain("Bars cut off to fit: 22 Oct.");
    expect(PAGE).toMatch(/<text[^>]*>9,804<\/text>/);
    expect(PAGE).toMatch(/<text[^>]*>160<\/text>/);
    expect(PAGE).not.toMatch(/<text[^>]*>10,000<\/text>/);
  });

  test("cut off nothing when no day stands out", () => {
    const page = pageOf(nightsFrom("2026-11-10T01:00:00Z", 10));

    expect(page).not.toContain("cut off");
  });

  test("compare calls with those of a full sync, on a scale that shows both", () => {
    const far = MONTH.slice(1, 11).map((run) => ({
      ...run,
      api: { ...run.api, calls: 12, full_sync_calls: 9_000 },
    }));

    expect(PAGE).toContain("2,860 API calls in total. Full syncs would have taken 22,630: 87 % saved.");
    expect(PAGE).not.toContain("Logarithmic");
    expect(pageOf(far)).toContain("Logarithmic scale");
  });

  test("count days, also those without a run, and no dry runs", () => {
    const runs = [
      reportOf({ startedAt: "2026-11-10T01:00:00Z", inserted: 5 }),
      reportOf({ startedAt: "2026-11-10T13:00:00Z", inserted: 7 }),
      reportOf({ startedAt: "2026-11-13T01:00:00Z", inserted: 900, dryRun: true }),
    ];
    const page = pageOf(runs);

    expect(page).toContain("12 new and 12 changed messages in 4 days.");
    expect(page).toContain("<title>10 November 2026: 12 new, 12 changed</title>");
    expect(wordsOf(page)).toContain("succeeded, dry run");
  });

  test("are drawn for runs years apart, and for one that brought nothing", () => {
    const first = reportOf({ startedAt: "2019-01-01T01:00:00Z" });
    const nothing = { inserted: 0, updated: 0, unchanged: 0, calls: 0, durationMs: 0, fullSyncCalls: null };

    expect(pageOf([first, reportOf()])).toContain("82 new and 12 changed messages in 2 days.");
    expect(pageOf([reportOf(nothing)])).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe("what the messages add up to", () => {
  const page = renderReportPage([], A_WINTER, OPTIONS);
  const words = wordsOf(page);

  test("begins with the period and six figures", () => {
    expect(words).toContain(
      "November 2025 to January 2026 messages 2,000 guests who wrote 7 median first reply 1 h answered within an hour 43 % unanswered 3 of our messages automated 35 %",
    );
  });

  test.each([
    "2,000 messages: 50 % from guests, 18 % automated.",
    "Of 7 guests who wrote, 43 % got a reply from a person within an hour.",
    "Busiest: Sundays, 19:00–20:00 local time. At night (22:00–07:00): 25 %. 10 messages not shown: the property has no time zone.",
    "Median wait of answered guests: 1 h.",
    "65 % Airbnb and 35 % direct. 800 of 2,000 messages were sent outside the platforms.",
    "France 80 %, Bosnia &amp; Herzegovina 13 % and United States 7 %. Unknown for 25 %.",
  ])("draws, and says in words: %s", (sentence) => {
    expect(words).toContain(sentence);
  });

  test.each([
    "November 2025: 450 from staff",
    "January 2026: 200 from automations",
    "1 guest answered after 15 to 60 minutes",
    "1 guest answered after 1 to 4 hours",
    "2 guests never answered",
    "Sunday, 19:00–20:00: 700 messages",
    "Monday, 23:00–00:00: 200 messages",
    "November 2025: 2 guests wrote, 2 answered, median 7 min",
    "December 2025: 0 guests wrote, 0 answered",
    "January 2026: 5 guests wrote, 3 answered, median 1 h 1 min",
    "direct, WhatsApp: 500 messages",
    "Airbnb, platform inbox: 1,200 messages",
    "Bosnia &amp; Herzegovina: 100 messages",
  ])("says the number behind a mark where the mouse rests: %s", (title) => {
    // A month of nothing has no mark to rest on.
    const marks = [...page.matchAll(/<title>([^<]*)<\/title>/g)].map(([, text]) => text);
    expect(marks).toContain(title);
  });

  test("has a row for each property, those with most guests first", () => {
    expect(words).toMatch(
      /001 Casa Azul 4 35 min 75 % 1 .*000 Garden Flat &amp; Terrace 1 33 h 20 min 0 % 0 no property 1 – 0 % 1 property 20003 1 – 0 % 1/,
    );
  });

  test("leaves out properties and platforms beyond what can be read, and says how many", () => {
    const [contact] = A_WINTER.contacts;
    const contacts = Array.from({ length: 53 }, (_, index) => ({
      ...(contact as Contact),
      property_id: `${index}`,
      property_name: `<b>${index}`,
    }));
    const ways = PLATFORMS.map((platform) => ({ platform, channel: "sms" as const, messages: 10 }));
    const crowded = renderReportPage([], { ...A_WINTER, contacts, ways }, OPTIONS);

    expect(wordsOf(crowded)).toContain("… and 3 more properties with fewer guests.");
    expect(wordsOf(crowded)).toContain("6 smaller platforms not shown.");
    expect(crowded).not.toContain("<b>");
  });

  test("is a friendly sentence while there is no message", () => {
    expect(wordsOf(PAGE)).toContain(
      "No messages yet Statistics appear here after the first hostaway-sync sync",
    );
  });

  test("is drawn though no guest wrote, or nothing is known of any", () => {
    const [month] = A_WINTER.months;
    const months = [{ month: month?.month ?? new Date(0), guest: 0, host: 0, automation: 3 }];
    const silent = renderReportPage([], { ...NO_MESSAGES, months }, OPTIONS);

    expect(wordsOf(silent)).toContain("November 2025 messages 3 guests who wrote 0 median first reply –");
    expect(silent).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });
});

describe("a report of an earlier version", () => {
  const LATER_FIELDS = [
    ["mode"],
    ["dry_run"],
    ["warnings"],
    ["failures"],
    ["open_failures"],
    ["summary"],
    ["duration_ms"],
    ["api"],
    ["api", "full_sync_calls"],
    ["api", "by_endpoint"],
    ["items"],
    ["items", "messages"],
    ["items", "messages", "deleted"],
    ["items", "conversations"],
    ...["scanned", "changed", "swept", "refreshed", "gone", "deleted"].map((field) => [
      "items",
      "conversations",
      field,
    ]),
  ];

  test.each(LATER_FIELDS.map((path) => [path.join(".")]))("may lack %s", (path) => {
    const page = pageOf([...MONTH.slice(0, 5), without(path), without(path, MONTH[19])]);

    expect(page).not.toMatch(/undefined|NaN|null|Infinity|\[object/);
    expect(page).toContain(MONTH[19]?.run_id);
  });

  test("may lack all of them", () => {
    const bare = LATER_FIELDS.reduce((report, path) => without(path.join("."), report), reportOf());
    const page = pageOf([bare]);

    expect(page).not.toMatch(/undefined|NaN|null|Infinity|\[object/);
    expect(page).toContain(bare.run_id);
  });

  test("that knew no scan had read every conversation", () => {
    const fields = ["scanned", "changed", "swept", "refreshed", "gone", "deleted"];
    const old = fields.reduce((report, field) => without(`items.conversations.${field}`, report), reportOf());

    expect(wordsOf(pageOf([old]))).toContain("67 conversations checked and read.");
  });

  function without(path: string, report: RunReport = reportOf()): RunReport {
    const copy = structuredClone(report);
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    const holder = keys.reduce<unknown>(
      (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : null),
      copy,
    );
    if (typeof holder === "object" && holder !== null) Reflect.deleteProperty(holder, last);
    return copy;
  }
});

test("the reason why a run ended stands on the page", () => {
  const ended = reportOf({
    status: "failed",
    inserted: 0,
    updated: 0,
    failures: [endOf("interrupted", "stopped by SIGTERM")],
  });

  expect(wordsOf(pageOf([ended]))).toContain("The run ended early: stopped by SIGTERM. Nothing was stored.");
});
