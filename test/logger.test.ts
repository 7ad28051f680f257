import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { systemClock } from "../src/clock.ts";
import { createOutput } from "../src/commands/output.ts";
import { ConfigError, secretsOf } from "../src/config.ts";
import { Secret } from "../src/domain/secret.ts";
import { createLogger, type LogFields, type LogTarget } from "../src/logger.ts";
import { createRedactor } from "../src/redact/redactor.ts";
import { runCli } from "./support/cli.ts";

interface Memory extends Writable {
  text(): string;
  lines(): Record<string, unknown>[];
}

function memory(): Memory {
  const chunks: string[] = [];
  const text = () => chunks.join("");
  const stream = new Writable({
    write(chunk, _, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  return Object.assign(stream, { text, lines: () => parsed(text()) });
}

function parsed(text: string): Record<string, unknown>[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

const folder = () => mkdtempSync(join(tmpdir(), "hostaway-sync-log-"));
const fileOf = (day: string) => `hostaway-sync-${day}.log`;
const today = () => fileOf(new Date().toISOString().slice(0, 10));
const logsIn = (directory: string) => readdirSync(directory).filter((name) => name.endsWith(".log"));

/** A logger to memory, and to files when there is a folder. */
function open(target: Partial<LogTarget> = {}, directory: string | null = null) {
  const stream = memory();
  const stderr = memory();
  const files = directory === null ? null : { directory, level: "debug" as const, stderr };
  const log = createLogger({ level: "debug", format: "json", stream, files, secrets: [], ...target });
  return { log, stream, stderr };
}

/** The one line that this makes. */
async function lineFor(message: string, fields: LogFields = {}, secrets: readonly Secret[] = []) {
  const { log, stream } = open({ secrets });
  log.info(message, fields);
  await log.close();
  return stream.lines()[0] ?? {};
}

/** Only the date is invented; everything else takes its time. */
function setDate(iso: string): void {
  jest.useFakeTimers({
    now: new Date(iso),
    doNotFake: [
      ...(["hrtime", "nextTick", "performance", "queueMicrotask"] as const),
      ...(["setImmediate", "clearImmediate", "setInterval", "clearInterval"] as const),
      ...(["setTimeout", "clearTimeout"] as const),
    ],
  });
}

afterEach(() => {
  jest.useRealTimers();
});

describe("a log line", () => {
  test("is JSON with an ISO timestamp, level and message first, and the fields of the run on each", async () => {
    const { log, stream } = open();
    const run = log.child({ run_id: "01M7XCNCVC6YRH53C6XY2ABR1R" }).child({ account_id: "10001" });

    run.info("run started", { dry_run: false });
    run.warn("item failed", { attempts: 3 });
    await log.close();

    expect(stream.lines()).toEqual([
      expect.objectContaining({ level: "info", message: "run started", dry_run: false }),
      expect.objectContaining({ level: "warn", message: "item failed", attempts: 3 }),
    ]);
    for (const line of stream.lines()) {
      expect(line).toMatchObject({ run_id: "01M7XCNCVC6YRH53C6XY2ABR1R", account_id: "10001" });
      expect(line["timestamp"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(Object.keys(line).slice(0, 3)).toEqual(["timestamp", "level", "message"]);
    }
  });

  test("shows nothing below its level", async () => {
    const { log, stream } = open({ level: "warn" });
    for (const level of ["debug", "info", "warn", "error"] as const) log[level](level);
    await log.close();

    expect(stream.lines().map(({ message }) => message)).toEqual(["warn", "error"]);
  });

  test("keeps its own message, level and timestamp whatever the fields are called", async () => {
    const line = await lineFor("item failed", { message: "HTTP 500", level: 3, timestamp: "never" });

    expect(line).toMatchObject({ level: "info", message: "item failed: HTTP 500", level_: 3 });
    expect(line["timestamp"]).not.toBe("never");
    expect(await lineFor("held back", { message: "held back" })).toMatchObject({ message: "held back" });
    expect(await lineFor("100 %d", { count: 1 })).toMatchObject({ message: "100 %d", count: 1 });
  });
});

test("P10: an error is shown with its cause, and what it brought along is redacted like all else", async () => {
  const cause = new RangeError(`refused for ${EMAIL}`);
  const error = Object.assign(new TypeError(`GET /x?token=${TOKEN}`, { cause }), {
    code: "EPIPE",
    status: 502,
  });

  expect(await lineFor("it went wrong", { error })).toMatchObject({
    error: {
      name: "TypeError",
      message: "GET /x?token=[redacted]",
      stack: expect.stringContaining("logger.test.ts"),
      code: "EPIPE",
      status: 502,
      cause: { name: "RangeError", message: "refused for [email]" },
    },
  });
});

const API_KEY = "0123abcd-Key/With+Signs=";
const MONGODB_URI = "mongodb+srv://keeper:m0ngo%2FPass@db.example.com/x?retryWrites=true";
const SMTP_URL = "smtps://post@example.org:5mtp-Pass@mail.example.org:465";
const TOKEN = "eyJ0eXAiOiJKV1QifQ.eyJzdWIiOiIxMDAwMSJ9.c2lnbmF0dXJl";
const EMAIL = "guest.name+booking@guest.example.com";
const PHONES = ["+49 170 1234567", "+1 (555) 010-9999", "0044 20 7946 0958", "+491701234567"];

/** What must be in no output, in whatever spelling. */
const CANARIES = [
  ...[API_KEY, encodeURIComponent(API_KEY), MONGODB_URI, "m0ngo%2FPass", "m0ngo/Pass", SMTP_URL, "5mtp-Pass"],
  ...[
    TOKEN,
    "eyJzdWIiOiIxMDAwMSJ9",
    EMAIL,
    encodeURIComponent(EMAIL),
    "guest.name",
    "n0-Name-Pass",
    "opaque-777",
  ],
  ...[...PHONES, "170 1234567", "1701234567", "010-9999", "7946 0958", "hidden-by-name"],
];

const SECRETS = [API_KEY, MONGODB_URI, SMTP_URL].map((value) => new Secret(value));

const TEXTS = [
  `key ${API_KEY}, in a form client_secret=${encodeURIComponent(API_KEY)}&grant_type=client_credentials`,
  `connect ${MONGODB_URI} failed: m0ngo/Pass refused`,
  `mail to ${EMAIL} through ${SMTP_URL}, at https://portal.example.com/?email=${encodeURIComponent(EMAIL)}`,
  `Authorization: Bearer ${TOKEN}`,
  `GET /x?token=opaque-777&limit=5 or {"access_token":"opaque-777"} or bearer opaque-777`,
  `mongodb://someone:n0-Name-Pass@other:27017,more:27018/x`,
  `call ${PHONES.join(" or ")}`,
];

function errorWith(text: string): Error {
  const inner = Object.assign(new Error(text), { code: 11000, config: { headers: { Authorization: text } } });
  return new AggregateError([new TypeError(text)], text, { cause: new Error(text, { cause: inner }) });
}

const PLANTED: readonly LogFields[] = TEXTS.flatMap((text) => [
  { text, list: [text, [text]], deep: { deep: { deep: { text } } }, [text]: 1 },
  { error: errorWith(text), cause: { error: errorWith(text) } },
  { map: new Map<unknown, unknown>([[text, text]]), set: new Set([text]), boxed: Object(text) },
  { url: new URL("https://keeper:n0-Name-Pass@example.com"), bytes: Buffer.from(text), run: () => text },
  { json: JSON.stringify({ a: [text] }), twice: JSON.stringify(JSON.stringify({ a: [text] })) },
]);

const NAMED: LogFields = {
  ...Object.fromEntries(
    [
      ...["authorization", "Proxy-Authorization", "api_key", "apiKey", "X-Api-Key", "HOSTAWAY_API_KEY"],
      ...["password", "userPassword", "passwd", "token", "access_token", "refreshToken", "tokens"],
      ...["client_secret", "secret", "secretAccessKey", "cookie", "Set-Cookie", "pass", "auth"],
    ].map((name) => [name, name.length % 2 ? "hidden-by-name" : { value: ["hidden-by-name"] }]),
  ),
  headers: new Map([["authorization", "hidden-by-name"]]),
  pin: { password: 1_234_567 },
};

describe("P10: the log shows no secret and no guest's address or number", () => {
  test.each(["json", "pretty"] as const)(
    "not in any field, error or key, in %s or in a file",
    async (format) => {
      const directory = folder();
      const { log, stream, stderr } = open({ format, secrets: SECRETS }, directory);
      const run = log.child({ started_by: TEXTS });

      for (const text of TEXTS) log.error(text);
      for (const fields of [...PLANTED, NAMED, { secrets: SECRETS, of: { a: SECRETS[0] } }]) {
        log.warn("planted", fields);
        run.debug("planted", { nested: { fields } });
      }
      await log.close();

      const file = readFileSync(join(directory, today()), "utf8");
      expect(parsed(file)).toHaveLength(TEXTS.length + 2 * (PLANTED.length + 2));
      for (const output of [stream.text(), file])
        expect(CANARIES.filter((canary) => output.includes(canary))).toEqual([]);
      expect(stderr.text()).toBe("");
    },
  );

  test("a secret of the configuration is known without being named", () => {
    const secrets = secretsOf({
      HOSTAWAY_API_KEY: "a1b2",
      SMTP_URL: " c3d4 ",
      MONGODB_URI: "",
      LOG_LEVEL: "a1",
    });

    expect(secrets.map((secret) => secret.reveal())).toEqual(["a1b2", "c3d4"]);
    expect(createRedactor(secrets).text("xa1b2c3d4x, but a1")).toBe("x[secret][secret]x, but a1");
    expect(createRedactor([new Secret("abc")]).text("abc")).toBe("abc");
  });

  test.each([
    ["mongodb://user:p%40ss@one:27017,two:27017/x", "mongodb://[redacted]@one:27017,two:27017/x"],
    ["mongodb+srv://user:a/b@c@host/x", "mongodb+srv://[redacted]@host/x"],
    ["https://user@example.com/?to=smtp://a:b@c", "https://[redacted]@example.com/?to=smtp://[redacted]@c"],
    ["Authorization: Basic dXNlcjpwYXNz, next", "Authorization: [redacted] next"],
    ["said Basic dXNlcjpwYXNz", "said Basic [redacted]"],
    ["Cookie: a=b; c=d", "Cookie: [redacted]"],
    [`password="two words" x`, `password="[redacted]" x`],
    ['{"password":"a\\"b","n":1}', '{"password":"[redacted]","n":1}'],
    ["client_secret%3Dabc", "client_secret%3D[redacted]"],
    ["tokeneyJhbGciOiJ9.eyJzdWIi.sig.", "token[token]"],
    ["'müller@exämple.de', <a@b.co>", "'[email]', <[email]>"],
    ["(+49) 170/123-45 67", "([phone]"],
    ["tel:+49-170-1234567;x", "tel:[phone];x"],
    ["%2B49%20170%201234567", "[phone]"],
    ["+49 170 1234567 300000123", "[phone] 300000123"],
    ["0049 (0)170 1234567", "[phone]"],
  ])("%s becomes %s", (text, shown) => {
    expect(createRedactor().text(text)).toBe(shown);
  });

  test("a secret in JSON in JSON in JSON", () => {
    let text = JSON.stringify({ access_token: "opaque 777", n: 1 });
    for (let level = 1; level <= 6; level += 1) {
      expect(createRedactor().text(text)).not.toContain("777");
      text = JSON.stringify({ text });
    }
  });

  test("what is no plain object is shown as what it means, or not at all", async () => {
    const fields = {
      secret_of: { nobody: new Secret("known-to-nobody") },
      boxed: Object("text"),
      bytes: Buffer.from("bytes"),
      set: new Set([1, new Date(0)]),
      map: new Map<unknown, unknown>([[1, "one"]]),
      url: new URL("https://user:password@example.com/x"),
      numbers: [1n, Number.NaN, new Date(Number.NaN)],
      other: [Symbol("s"), () => 1, undefined],
    };

    expect(await lineFor("kinds", { kinds: fields })).toMatchObject({
      kinds: {
        ...{
          secret_of: "[redacted]",
          boxed: "text",
          bytes: "[5 bytes]",
          set: [1, "1970-01-01T00:00:00.000Z"],
        },
        ...{ map: { "1": "one" }, url: "https://[redacted]@example.com/x", numbers: ["1", "NaN", "no date"] },
        other: ["[symbol]", "[function]", null],
      },
    });
    expect(await lineFor("alone", { nobody: new Secret("known-to-nobody") })).toMatchObject({
      nobody: "[secret]",
    });
  });

  test("ids, times, counts and ports stay as they are", async () => {
    const fields = {
      ids: ["40014799", "300000123", "01M7XCNCVC6YRH53C6XY2ABR1R", "message:300000123", "00123456"],
      uuids: ["550e8400-e29b-41d4-a716-446655440000", "00123456-7890-4123-8123-123456789012"],
      hashes: ["0012345678901234567890ab", "00123456789012345678901234567890", "sha256:0045678901"],
      times: ["2026-11-21T01:00:03.000Z", "2026-11-21T01:00:03+02:00", "2026-11-21 00:00:00", "GMT+0100"],
      later: "GMT+2 2026-11-21T01:00:03.000Z",
      durations: ["1h30m", "500ms", "PT12H", "12.4 s", "00:00:12.345"],
      counts: { accessTokens: 1, messages: 1_234_567, text: "1,234,567 of 2 001 234 567", rate: 0.9981 },
      address: "http://127.0.0.1:37679/v1 at db.example.com:27017",
      versions: "hostaway-sync 0.1.0+20261121, axios@1.21.1",
      prose: "POST /accessTokens: the response holds no token; Basic authentication failed",
      path: "conversations/40014799/messages?limit=500&offset=1000",
      nothing: null,
      password: null,
      yes: true,
      at: new Date("2026-11-21T01:00:03.000Z"),
    };

    expect(await lineFor("id 40014799 on port 27017", fields, SECRETS)).toMatchObject({
      ...fields,
      message: "id 40014799 on port 27017",
      at: "2026-11-21T01:00:03.000Z",
    });
  });

  test("whatever surrounds a secret, it is not shown, and nothing is thrown", () => {
    const frame =
      '{"timestamp":"","level":"","message":"planted","[redacted][secret][email][phone][token]unreadable';
    const secret = fc.string({ minLength: 8, maxLength: 40 }).filter((text) => !frame.includes(text));
    const word = fc.stringMatching(/^[a-z0-9]{8,20}$/).filter((text) => !frame.includes(text));
    const phone = fc.stringMatching(/^(?:\+|00)[1-9]\d{1,2}[ -]?\d{3}[ ./-]?\d{5,7}$/);
    const values = fc.record({ secret, password: secret, opaque: word, mailbox: word, phone });
    const around = fc.oneof(
      fc.string({ unit: "binary", maxLength: 30 }),
      fc.stringMatching(/^[ "'\\:=@/.;,+0-9&%a-c-]{0,12}$/),
    );

    fc.assert(
      fc.property(
        values,
        fc.array(around, { minLength: 9, maxLength: 9 }),
        ({ secret, password, ...plain }, gaps) => {
          // These are known by their place only: the same letters elsewhere are no secret.
          fc.pre(!gaps.some((gap) => Object.values(plain).some((value) => gap.includes(value))));
          const uri = `mongodb://u:${encodeURIComponent(password.toWellFormed())}@host/x`;
          const planted = [
            ...[secret, encodeURIComponent(secret), uri, password],
            ...[`${plain.mailbox}@example.com`, `, ${plain.phone}, `, ` Bearer ${plain.opaque} `],
            ` https://${plain.opaque}:${plain.opaque}@h `,
          ];
          const text = planted.map((value, index) => `${gaps[index]}${value}`).join("") + gaps.at(-1);
          const redactor = createRedactor([new Secret(secret), new Secret(uri)]);
          const fields = {
            [text]: text,
            error: new Error(text),
            planted: planted.map((value) => ({ [value]: value })),
          };
          const shown = stringsIn(redactor.fields(fields));
          const hidden = [secret, password, plain.mailbox, plain.opaque, plain.phone];
          return !hidden.some((value) => shown.some((text) => text.includes(value)));
        },
      ),
      { numRuns: 500 },
    );
  });

  test("whatever is logged, a line comes of it", async () => {
    const { log, stream } = open({ secrets: SECRETS });
    const anything = fc.anything({
      ...{ withBigInt: true, withDate: true, withMap: true, withSet: true, withNullPrototype: true },
      ...{ withBoxedValues: true, withObjectString: true, withSparseArray: true, withTypedArray: true },
      key: fc.oneof(fc.string(), fc.constantFrom(...TEXTS, "message", "level", "__proto__", "toJSON")),
      values: [fc.constantFrom(...TEXTS), fc.string(), fc.double(), fc.constantFrom(Symbol("s"), () => 1)],
    });
    let count = 0;
    fc.assert(
      fc.property(fc.string(), anything, (message, value) => {
        log.info(message, { value });
        count += 1;
      }),
      { numRuns: 1_000 },
    );
    await log.close();

    expect(stream.lines()).toHaveLength(count);
    expect(CANARIES.filter((canary) => stream.text().includes(canary))).toEqual([]);
  });
});

function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...stringsIn(inner)]);
}

const MEGABYTE = 1_048_576;
const filled = (pattern: string) => pattern.repeat(Math.ceil(MEGABYTE / pattern.length));

describe("the log copes with", () => {
  test.each([
    ...[
      "a@",
      "+1-",
      "1-",
      "{",
      '{"a":',
      "a",
      "0",
      " ",
      "://",
      "a://b:",
      "a:b@",
      "token=",
      'token="',
      'token:\\"',
    ],
    ...[
      "token ",
      "cookie: a=b; ",
      "Bearer ",
      "Basic ",
      "eyJ",
      "eyJ.",
      "eyJabcdefgh.",
      "a.",
      "001 ",
      "+.1",
      ".1+",
    ],
    ...["%40", "a@b.co ", "\\", "'", "\u{1f600}"],
  ])("a megabyte of %s in linear time", (pattern) => {
    const redactor = createRedactor(SECRETS);
    for (const text of [
      filled(pattern),
      `token${filled(pattern)}`,
      `a@${filled(pattern)}@b.co`,
      `+${filled(pattern)}`,
    ]) {
      const start = performance.now();
      redactor.text(text);
      redactor.fields({ text, list: [text, text] });

      expect(performance.now() - start).toBeLessThan(2_000);
    }
  });

  test("texts, lists, objects and depths without end: cut, and the line says so", async () => {
    const ring: { self?: unknown; list: unknown[] } = { list: [] };
    ring.self = ring;
    ring.list.push(ring);
    const nested = (depth: number): unknown => (depth === 0 ? "bottom" : { in: nested(depth - 1) });
    const wide = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`key${index}`, index]));
    const shared = { n: 1 };

    const line = await lineFor("x".repeat(10_000), {
      ...{ ring, wide, list: Array.from({ length: 250 }, () => 7), pair: [shared, shared] },
      deep: nested(100),
      wall: Array.from({ length: 200 }, () => Array.from({ length: 200 }, () => ["y".repeat(9_000)])),
    });

    expect(line["message"]).toBe(`${"x".repeat(8_192)}…[+1808]`);
    expect(line["ring"]).toEqual({ self: "[circular]", list: ["[circular]"] });
    expect(line["pair"]).toEqual([{ n: 1 }, { n: 1 }]);
    expect(line["list"]).toHaveLength(201);
    expect(line["list"]).toContain("…[+50]");
    expect(line["wide"]).toMatchObject({ key199: 199, "…": "[+800]" });
    expect(JSON.stringify(line["deep"])).not.toContain("bottom");
    expect(JSON.stringify(line).length).toBeLessThan(3 * MEGABYTE);
  });

  test("P10: a secret at the very place where a text is cut", () => {
    const redactor = createRedactor(SECRETS);
    for (let start = 65_536 - MONGODB_URI.length; start <= 65_536; start += 1) {
      // What comes before shrinks to a few characters, so that the cut would be seen.
      const text = `Bearer ${"z".repeat(start - 8)} ${MONGODB_URI}`;
      const shown = JSON.stringify(redactor.fields({ text }));

      expect(shown).not.toContain("keeper");
      expect(shown).not.toContain("m0ngo");
    }
  });

  test("objects that throw when they are read", async () => {
    const broken = {
      get text(): string {
        throw new Error(API_KEY);
      },
    };
    const proxy = new Proxy({}, { ownKeys: () => [API_KEY, API_KEY] });
    const toJSON = () => ({ toJSON });

    expect(await lineFor("odd", { broken, proxy, endless: { toJSON } })).toMatchObject({
      broken: "[unreadable]",
      proxy: "[unreadable]",
      endless: "[cut]",
    });
  });
});

describe("LOG_DIR", () => {
  test("holds JSON lines whatever the terminal shows, in a folder that is made", async () => {
    const directory = join(folder(), "made", "for", "it");
    const { log, stream } = open({ format: "pretty", level: "warn" }, directory);

    log.info("told to the file only", { count: 1 });
    log.warn("told to both");
    await log.close();

    const lines = parsed(readFileSync(join(directory, today()), "utf8"));
    expect(lines.map(({ message }) => message)).toEqual(["told to the file only", "told to both"]);
    expect(stream.text()).toMatch(/^\d\d:\d\d:\d\d warn {2}told to both\n$/);
  });

  test("has a file for each day, also when a run goes on past midnight", async () => {
    const directory = folder();
    setDate("2026-11-21T23:59:59.000Z");
    const { log } = open({}, directory);
    log.info("before midnight");
    await nextTurn();
    setDate("2026-11-22T00:00:01.000Z");
    log.info("after midnight");
    await log.close();

    expect(logsIn(directory)).toEqual([fileOf("2026-11-21"), fileOf("2026-11-22")]);
    for (const [day, message] of [
      ["2026-11-21", "before midnight"],
      ["2026-11-22", "after midnight"],
    ] as const)
      expect(parsed(readFileSync(join(directory, fileOf(day)), "utf8"))).toEqual([
        expect.objectContaining({ message }),
      ]);
  });

  test("keeps fourteen days, and nobody else's files", async () => {
    const directory = folder();
    writeFileSync(join(directory, "notes.log"), "mine");
    for (let day = 1; day <= 20; day += 1) {
      setDate(`2026-11-${String(day).padStart(2, "0")}T01:00:00.000Z`);
      // What the library keeps its list in is as good as any other file: it may be cut short by a full disk.
      if (day === 1) writeFileSync(join(directory, ".hostaway-sync-audit.json"), "");
      const { log } = open({}, directory);
      log.info("a night");
      await log.close();
    }

    const kept = Array.from({ length: 14 }, (_, index) =>
      fileOf(`2026-11-${String(index + 7).padStart(2, "0")}`),
    );
    expect(logsIn(directory)).toEqual([...kept, "notes.log"]);
  });

  test("has the whole story when a terminal shows warnings only", async () => {
    const directory = folder();
    const terminal = Object.assign(memory(), { isTTY: true }) as Memory & NodeJS.WriteStream;
    const [stderr, signal] = [memory() as Memory & NodeJS.WriteStream, new AbortController().signal];
    const env = { HOSTAWAY_API_KEY: API_KEY };
    const context = { env, clock: systemClock, stdout: terminal, stderr, signal };
    {
      const config = { level: "info", format: null, directory } as const;
      await using output = createOutput(context, config, false);
      output.log.info(`with ${API_KEY}`);
      output.log.warn("careful");
      output.fileLog.warn("told at length");
    }

    const lines = parsed(readFileSync(join(directory, today()), "utf8"));
    expect(lines.map(({ message }) => message)).toEqual(["with [secret]", "careful", "told at length"]);
    expect(stderr.text()).toMatch(/^\d\d:\d\d:\d\d warn {2}careful\n$/);
    expect(terminal.text()).toBe("");
  });

  test("continues the day's file", async () => {
    const directory = folder();
    for (const message of ["first", "second"]) {
      const { log } = open({}, directory);
      log.info(message);
      await log.close();
    }

    const lines = parsed(readFileSync(join(directory, today()), "utf8"));
    expect(lines.map(({ message }) => message)).toEqual(["first", "second"]);
  });

  test.each<[string, (directory: string) => string]>([
    ["is a file", (directory) => write(join(directory, "file"))],
    ["is below a file", (directory) => join(write(join(directory, "file")), "logs")],
    ["has a folder in the place of today's file", (directory) => made(directory, today())],
    ["is none", () => "/proc/nowhere"],
  ])("that %s is an error of the configuration, by name", (_, place) => {
    const directory = place(folder());

    expect(() => open({}, directory)).toThrow(ConfigError);
    expect(() => open({}, directory)).toThrow(`LOG_DIR ${directory}: log files cannot be written there (`);
  });

  test("that cannot be written to ends the program with exit code 2 before anything is done", async () => {
    const LOG_DIR = write(join(folder(), "file"));
    const env = { HOSTAWAY_ACCOUNT_ID: "10001", HOSTAWAY_API_KEY: API_KEY, LOG_DIR };
    const { code, stdout, stderr } = await runCli(["check"], env);

    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^LOG_DIR .*\n$/);
  });

  const onLinux = existsSync("/dev/full") ? test : test.skip;

  onLinux("on a disk that fills up is told once, and the log goes on without it", async () => {
    const directory = folder();
    symlinkSync("/dev/full", join(directory, today()));
    const { log, stream, stderr } = open({}, directory);

    for (let line = 0; line < 20; line += 1) {
      log.info("line", { line });
      await nextTurn();
    }
    await log.close();

    expect(stream.lines().map(({ line }) => line)).toEqual(Array.from({ length: 20 }, (_, line) => line));
    expect(stderr.lines()).toEqual([diskIsFull(directory)]);
  });

  onLinux("on a disk that fills up with the last line is told before the log is closed", async () => {
    const directory = folder();
    setDate("2026-11-21T23:59:59.000Z");
    symlinkSync("/dev/full", join(directory, fileOf("2026-11-22")));
    const { log, stderr } = open({}, directory);
    log.info("before midnight");
    setDate("2026-11-22T00:00:01.000Z");
    log.info("after midnight");
    await log.close();
    expect(stderr.lines()).toEqual([diskIsFull(directory)]);

    const second = open({}, directory);
    second.log.info("the only line");
    await second.log.close();
    expect(second.stderr.lines()).toEqual([diskIsFull(directory)]);
  });

  test.each([
    ["its folder", "logs"],
    ["the folder above", "logs/below"],
  ])("that is gone at midnight, %s, is told once, and the log goes on without it", async (_, path) => {
    const above = folder();
    setDate("2026-11-21T23:59:59.000Z");
    const { log, stream, stderr } = open({}, join(above, path));
    log.info("before midnight");
    while (readFileSync(join(above, path, fileOf("2026-11-21")), "utf8") === "") await nextTurn();
    rmSync(join(above, "logs"), { recursive: true });
    write(join(above, "logs"));
    setDate("2026-11-22T00:00:01.000Z");
    log.info("after midnight");
    log.info("and on");
    await log.close();

    expect(stream.lines().map(({ message }) => message)).toEqual([
      "before midnight",
      "after midnight",
      "and on",
    ]);
    expect(stderr.lines()).toHaveLength(1);
  });
});

describe("closing the log", () => {
  const program = (body: string) =>
    `import { createLogger } from ${JSON.stringify(pathToFileURL(resolve("dist/logger.js")).href)};
     const files = { directory: process.argv[1], level: "info", stderr: process.stderr };
     const log = createLogger({ level: "info", format: "json", stream: process.stdout, files, secrets: [] });
     for (let line = 0; line < 2000; line += 1) log.info("line", { line, text: "x".repeat(500) });
     ${body}`;
  const run = (body: string, directory: string) =>
    spawnSync(process.execPath, ["--input-type=module", "-e", program(body), directory], {
      encoding: "utf8",
      // Where it is another day than in UTC.
      env: { TZ: new Date().getUTCHours() < 12 ? "Etc/GMT+12" : "Etc/GMT-14" },
      timeout: 20_000,
      maxBuffer: 8 * MEGABYTE,
    });

  test("writes every line, so that even process.exit loses none", () => {
    const directory = folder();
    const { status, stdout, stderr } = run("await log.close(); process.exit(3);", directory);

    expect({ status, stderr }).toEqual({ status: 3, stderr: "" });
    expect(parsed(stdout)).toHaveLength(2_000);
    expect(parsed(readFileSync(join(directory, today()), "utf8"))).toHaveLength(2_000);
  });

  test("is not needed for a program to end", () => {
    const directory = folder();
    const { status, signal } = run("", directory);

    expect({ status, signal }).toEqual({ status: 0, signal: null });
    expect(parsed(readFileSync(join(directory, today()), "utf8"))).toHaveLength(2_000);
  });

  test("twice does no harm, and later lines go to the stream", async () => {
    const directory = folder();
    const { log, stream, stderr } = open({}, directory);
    log.info("in both");
    await log.close();
    await log.close();
    log.info("late");
    await log.close();

    expect(stream.lines().map(({ message }) => message)).toEqual(["in both", "late"]);
    expect(parsed(readFileSync(join(directory, today()), "utf8"))).toHaveLength(1);
    expect(stderr.text()).toBe("");
  });

  test("does not wait for ever for a stream that nobody reads", async () => {
    const unread = new PassThrough({ highWaterMark: 1 });
    const { log } = open({ stream: unread });
    for (let line = 0; line < 100; line += 1) log.info("line");
    const start = performance.now();
    await log.close();

    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

const nextTurn = () => new Promise<void>((done) => setImmediate(done));

function diskIsFull(directory: string): object {
  const message = `LOG_DIR ${directory} is no longer writable, logging continues without it`;
  return expect.objectContaining({ level: "warn", message, reason: expect.stringContaining("ENOSPC") });
}

function write(file: string): string {
  writeFileSync(file, "");
  return file;
}

function made(directory: string, name: string): string {
  mkdirSync(join(directory, name));
  return directory;
}
