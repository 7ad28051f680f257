import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import type { Insights } from "../../src/domain/insights.ts";
import type { RunReport } from "../../src/domain/run-report.ts";
import { composeMail } from "../../src/report/mail.ts";
import { renderReportPage } from "../../src/report/page/report-page.ts";
import { DARK, LIGHT } from "../../src/report/palette.ts";
import { BROWSER_SET_UP_MS, findBrowser, openBrowser } from "../support/browser.ts";
import { A_WINTER } from "./insights.ts";
import { aMonth, failureOf, reportOf } from "./reports.ts";

const OPTIONS = { accountId: "10001", generatedAt: new Date("2026-11-20T06:30:00Z") };
const pageOf = (reports: readonly RunReport[], options = OPTIONS) =>
  renderReportPage(reports, A_WINTER, options);
const MONTH = aMonth();
const PAGE = pageOf(MONTH);

let browser: Browser;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hostaway-sync-page-"));
  browser = await openBrowser();
}, BROWSER_SET_UP_MS);
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/**
 * The fonts of the machine that runs this are not those of the reader: a monospaced one, which every machine has,
 * is about as wide as letters get; spacing stands for wide and narrow ones that are not installed here.
 */
const FONTS = {
  "the font that is there": "",
  "a monospaced font": "*{font-family:monospace!important}",
  "a wide font": "*{letter-spacing:.1em!important}",
  "a narrow font": "*{letter-spacing:-.06em!important}",
} as const;
type Font = keyof typeof FONTS;
const FONT_NAMES = Object.keys(FONTS) as Font[];
const inFont = (markup: string, font: Font) =>
  markup.replace("</head>", `<style>${FONTS[font]}</style></head>`);

interface Opened extends AsyncDisposable {
  readonly page: Page;
  /** Whatever the browser complained about. */
  readonly complaints: readonly string[];
  /** What was asked for beside the page itself. */
  readonly requests: readonly string[];
}

async function open(html: string, width: number, colorScheme: "light" | "dark" = "light"): Promise<Opened> {
  const file = join(folder, `${width}-${colorScheme}.html`);
  await writeFile(file, html);
  const url = pathToFileURL(file).href;
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await context.route("**/*", async (route) => {
    if (route.request().url() !== url) requests.push(route.request().url());
    await route.continue();
  });
  await page.goto(url);
  return { page, complaints, requests, [Symbol.asyncDispose]: () => context.close() };
}

/** Elements that reach beyond the window; what is cut off on purpose does not count. */
const BEYOND = `[...document.querySelectorAll("body *:not(thead, thead *)")]
  .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
  .map((element) => element.outerHTML.slice(0, 120))`;
const CHARTS = '[...document.querySelectorAll("figure .wide svg")]';
const BARS_PER_CHART = `${CHARTS}.map((chart) => chart.querySelectorAll("path:has(title)").length)`;
/** Marks that come nearer to the upper edge of their chart than so many pixels. */
const marksNearer = (
  pixels: number,
) => `${CHARTS}.filter((chart) => chart.getBoundingClientRect().width > 0).flatMap((chart) => [...chart.querySelectorAll("path:has(title)")]
  .filter((bar) => bar.getBoundingClientRect().top < chart.getBoundingClientRect().top + ${pixels})
  .map((bar) => bar.textContent))`;
const LABELS_OUTSIDE = `[...document.querySelectorAll("figure")]
  .flatMap((card) => [...card.querySelectorAll("svg text")]
    .filter((text) => text.getBoundingClientRect().width > 0)
    .filter((text) => text.getBoundingClientRect().left < card.getBoundingClientRect().left + 4)
    .map((text) => text.textContent))`;
const SCROLL_WIDTH = "document.documentElement.scrollWidth";

async function boxesOfCharts(page: Page) {
  const pictures = await page.locator("figure svg:visible").all();
  return await Promise.all(pictures.map((picture) => picture.boundingBox()));
}

describe("in a real browser", () => {
  test.each([
    [1280, "light"],
    [1280, "dark"],
    [1000, "light"],
    [800, "light"],
    [600, "dark"],
    [390, "light"],
    [390, "dark"],
    [320, "light"],
  ] as const)("%d pixels wide and %s, every chart is seen and nothing is cut off", async (width, scheme) => {
    await using opened = await open(PAGE, width, scheme);
    const { page, complaints, requests } = opened;
    const boxes = await boxesOfCharts(page);

    expect(boxes).toHaveLength(4);
    for (const box of boxes) {
      expect(box?.width).toBeGreaterThan(220);
      expect(box?.height).toBeGreaterThan(120);
      expect((box?.x ?? 0) + (box?.width ?? width)).toBeLessThanOrEqual(width);
    }
    expect(await page.evaluate<string[]>(BEYOND)).toEqual([]);
    expect(await page.evaluate<number>(SCROLL_WIDTH)).toBeLessThanOrEqual(width);
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
  });

  test.each([
    [1280, "light"],
    [1000, "dark"],
    [600, "light"],
    [320, "dark"],
  ] as const)("%d pixels wide and %s, the messages are behind the other tab", async (width, scheme) => {
    await using opened = await open(PAGE, width, scheme);
    const { page, complaints } = opened;
    expect(await page.getByRole("heading", { name: "By property" }).isVisible()).toBe(false);

    await page.getByRole("link", { name: "Messages" }).click();

    const boxes = await boxesOfCharts(page);
    expect(boxes).toHaveLength(6);
    for (const box of boxes) expect(box?.height).toBeGreaterThan(120);
    expect(await page.getByRole("heading", { name: "By property" }).isVisible()).toBe(true);
    expect(await page.getByRole("heading", { name: "All runs" }).isVisible()).toBe(false);
    expect(await page.evaluate<number>("scrollY")).toBe(0);
    expect(await page.evaluate<string[]>(BEYOND)).toEqual([]);
    expect(await page.evaluate<number>(SCROLL_WIDTH)).toBeLessThanOrEqual(width);
    expect(await page.evaluate<string[]>(LABELS_OUTSIDE)).toEqual([]);
    expect(complaints).toEqual([]);

    await page.getByRole("link", { name: "Runs" }).click();
    expect(await page.getByRole("heading", { name: "All runs" }).isVisible()).toBe(true);
    expect(await page.locator("figure svg:visible").count()).toBe(4);
  });

  test("the more guests write in an hour of the week, the darker its square, and none covers another", async () => {
    await using opened = await open(PAGE, 1280);
    await opened.page.getByRole("link", { name: "Messages" }).click();
    const squares = await opened.page.locator("figure svg:visible").nth(2).locator("path:has(title)").all();
    const shown = await Promise.all(
      squares.map(async (square) => ({
        words: await square.textContent(),
        opacity: Number((await square.getAttribute("fill-opacity")) ?? 1),
        box: await square.boundingBox(),
      })),
    );

    expect(shown.map(({ words }) => words)).toEqual([
      "Sunday, 19:00–20:00: 700 messages",
      "Monday, 23:00–00:00: 200 messages",
      "Wednesday, 06:00–07:00: 47 messages",
      "Friday, 12:00–13:00: 43 messages",
    ]);
    expect(shown.map(({ opacity }) => opacity)).toEqual(
      shown.map(({ opacity }) => opacity).toSorted((a, b) => b - a),
    );
    expect(new Set(shown.map(({ opacity }) => opacity)).size).toBe(4);
    const [sunday, monday, wednesday] = shown.map(({ box }) => box);
    expect(monday?.x).toBeGreaterThan((sunday?.x ?? 0) + (sunday?.width ?? 0) * 3);
    expect(sunday?.y).toBeGreaterThan(wednesday?.y ?? 0);
    expect(sunday?.width).toBeGreaterThan(12);
  });

  test.each([
    ["light", LIGHT],
    ["dark", DARK],
  ] as const)("%s, charts have the colours of the page", async (scheme, colors) => {
    await using opened = await open(PAGE, 1280, scheme);
    const messages = opened.page.locator("figure svg:visible").first();
    const bar = messages.locator("path", { hasText: "20 November 2026" }).first();
    const number = messages.locator("text").first();

    expect(await colorOf(bar, "fill")).toBe(rgb(colors.accent));
    expect(await colorOf(number, "fill")).toBe(rgb(colors.muted));
    expect(await colorOf(opened.page.locator("body"), "backgroundColor")).toBe(rgb(colors.ground));
  });

  test("letters in charts can be read on a phone", async () => {
    await using opened = await open(PAGE, 390);
    const letters = await opened.page.locator("figure svg:visible text").all();
    const heights = await Promise.all(
      letters.map(async (letter) => (await letter.boundingBox())?.height ?? 0),
    );

    expect(heights.length).toBeGreaterThan(20);
    expect(Math.min(...heights)).toBeGreaterThan(10);
  });

  test("no bar leaves its chart, not even the one that is cut off", async () => {
    await using opened = await open(PAGE, 1280);

    expect(await opened.page.evaluate<number[]>(BARS_PER_CHART)).toEqual([60, 59, 4, 30, 6, 7, 4, 3, 4, 3]);
    expect(await opened.page.evaluate<string[]>(marksNearer(10))).toEqual([]);
    await opened.page.getByRole("link", { name: "Messages" }).click();
    expect(await opened.page.evaluate<string[]>(marksNearer(0))).toEqual([]);
  });

  test.each<[string, readonly RunReport[]]>([
    ["no run", []],
    ["one run", MONTH.slice(0, 1)],
    ["long words", [longWords()]],
  ])("%s fits on a phone, too", async (_, reports) => {
    await using opened = await open(pageOf(reports), 390);

    expect(await opened.page.locator("h2").first().isVisible()).toBe(true);
    expect(await opened.page.evaluate<number>(SCROLL_WIDTH)).toBe(390);
    expect(await opened.page.evaluate<string[]>(BEYOND)).toEqual([]);
    expect(opened.complaints).toEqual([]);
    expect(opened.requests).toEqual([]);
  });

  test("it is read by those who do not see it: rows stay rows on a phone", async () => {
    await using opened = await open(PAGE, 390);
    const { page } = opened;

    expect(await page.getByRole("table", { name: "All runs" }).getByRole("row").count()).toBe(31);
    expect(await page.getByRole("img", { name: /^Bar chart of API calls/ }).count()).toBe(1);
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Account 10001");
  });

  test("on paper it is light and fits", async () => {
    await using opened = await open(PAGE, 718, "dark");
    await opened.page.emulateMedia({ media: "print" });

    expect(await colorOf(opened.page.locator("h1"), "color")).toBe(rgb(LIGHT.ink));
    for (const name of ["All runs", "By property"])
      expect(await opened.page.getByRole("heading", { name }).isVisible()).toBe(true);
    expect(await opened.page.evaluate<string[]>(BEYOND)).toEqual([]);
    expect((await opened.page.pdf({ format: "A4" })).byteLength).toBeGreaterThan(10_000);
  });

  test.each([
    ["light", LIGHT],
    ["dark", DARK],
  ] as const)("the mail, %s, has its colours and loads nothing", async (scheme, colors) => {
    const last = MONTH[29] ?? reportOf();
    await using opened = await open(composeMail(last).html, 390, scheme);

    expect(await colorOf(opened.page.locator("h1"), "color")).toBe(rgb(colors.ink));
    expect(opened.complaints).toEqual([]);
    expect(opened.requests).toEqual([]);
  });

  const MAILS = {
    "a usual mail": MONTH[29] ?? reportOf(),
    "long words": longWords(),
    "other scripts": otherScripts(),
  };
  test.each(
    FONT_NAMES.flatMap((font) =>
      Object.entries(MAILS).flatMap(([name, report]) =>
        [320, 390, 600].map((width) => [name, font, width, report] as const),
      ),
    ),
  )("%s in %s fits into %d pixels", async (_, font, width, report) => {
    await using opened = await open(inFont(composeMail(report).html, font), width);

    expect(await opened.page.evaluate<string[]>(BEYOND)).toEqual([]);
    expect(await opened.page.evaluate<number>(SCROLL_WIDTH)).toBeLessThanOrEqual(width);
  });

  test("in the mail a number is never broken, and a usual word only where there is no other way", async () => {
    await using opened = await open(
      inFont(composeMail(MONTH[29] ?? reportOf()).html, "a monospaced font"),
      390,
    );

    const heights = await opened.page
      .locator("thead th, thead ~ tbody td")
      .evaluateAll((cells) => cells.map((cell) => cell.getBoundingClientRect().height));
    expect(heights.length).toBeGreaterThan(20);
    expect(Math.max(...heights)).toBeLessThan(40);
  });

  const PAGES = {
    "a month": MONTH,
    "long words": [longWords()],
    "other scripts": [otherScripts()],
  };
  test.each(
    FONT_NAMES.flatMap((font) =>
      Object.entries(PAGES).flatMap(([name, reports]) =>
        [320, 600, 1000, 1280].map((width) => [name, font, width, reports] as const),
      ),
    ),
  )("the page of %s in %s fits into %d pixels, and so do names", async (_, font, width, reports) => {
    const markup = renderReportPage(reports, LONG_NAMES, OPTIONS);
    await using opened = await open(inFont(markup, font), width);

    for (const tab of ["Runs", "Messages"]) {
      await opened.page.getByRole("link", { name: tab }).click();
      expect(await opened.page.evaluate<string[]>(BEYOND)).toEqual([]);
      expect(await opened.page.evaluate<number>(SCROLL_WIDTH)).toBeLessThanOrEqual(width);
    }
  });
});

test("where there is no browser, it says what to install", () => {
  expect(() => findBrowser({ PATH: folder })).toThrow(/apt-get install chromium/);
  expect(() => findBrowser({ PATH: process.env["PATH"], CHROME_PATH: "/nowhere" })).toThrow(/CHROME_PATH/);
});

/** Ids and messages without a place to break. */
function longWords(): RunReport {
  const long = "abcdefghij".repeat(20);
  const failure = failureOf("unexpected", { item_id: long, message: long, remediation: long });
  return { ...reportOf({ status: "partial", failures: [failure] }), run_id: long };
}

const ID = "abcdefghij".repeat(12);
const LONG_NAMES: Insights = {
  ...A_WINTER,
  contacts: [
    "Ferienwohnungsverwaltungsgesellschaft".repeat(4),
    "海の見える静かな部屋".repeat(12),
    "شقة_مطلة_على_البحر_".repeat(8),
  ].flatMap((name, at) =>
    A_WINTER.contacts.map((contact) => ({ ...contact, property_id: `${at}${ID}`, property_name: name })),
  ),
};

/** Scripts that break elsewhere, or run the other way. */
function otherScripts(): RunReport {
  const failure = failureOf("unexpected", {
    item_id: "91",
    message: "海の見える部屋から歩いてすぐの静かな場所にある古い家".repeat(4),
    remediation: "الشقة المطلة على البحر بالقرب من الحديقة العامة ".repeat(6),
  });
  return reportOf({ status: "partial", failures: [failure] });
}

function colorOf(element: ReturnType<Page["locator"]>, property: string): Promise<string> {
  return element.evaluate(
    (found, name) => String(Reflect.get(found.ownerDocument.defaultView.getComputedStyle(found), name)),
    property,
  );
}

function rgb(hex: string): string {
  const part = (from: number) => Number.parseInt(hex.slice(from, from + 2), 16);
  return `rgb(${part(1)}, ${part(3)}, ${part(5)})`;
}
