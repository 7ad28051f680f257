import { inspect } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { Secret } from "../../src/domain/secret.ts";
import { composeMail } from "../../src/report/mail.ts";
import { MailError } from "../../src/service/mail-error.ts";
import { type MailSettings, sendReport } from "../../src/service/send-mail.ts";
import { closedPort, LOGIN, startMailServer, startRudeServer } from "../support/smtp.ts";
import { endOf, failureOf, HELD_BACK, reportOf } from "./reports.ts";

const TO = ["betrieb@example.com", "chefin@example.com"];
const SOON = { stepMs: 250, allMs: 1_000 };
const CREDENTIALS = `${encodeURIComponent(LOGIN.user)}:${encodeURIComponent(LOGIN.password)}`;

function settingsFor(url: string, from = "Zimmer & Käse <robot@example.com>"): MailSettings {
  return { smtpUrl: new Secret(url), from, to: TO };
}

async function errorOf(sending: Promise<void>): Promise<Error> {
  const error = await sending.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof Error) return error;
  throw new Error(`expected an error, got ${String(error)}`);
}

const PARTIAL = reportOf({
  status: "partial",
  retries: 3,
  deletedMessages: 2,
  failures: [
    failureOf("timeout", { item_id: "30002", message: "no answer within 30 s" }),
    failureOf("validation_error", { item_type: "message", item_id: "77", message: "date: missing" }),
    failureOf("validation_error", { item_type: "message", item_id: null, message: "id: missing" }),
  ],
  warnings: [HELD_BACK],
});

const FAILED = reportOf({
  status: "failed",
  inserted: 0,
  updated: 0,
  scanned: 0,
  calls: 2,
  fullSyncCalls: null,
  failures: [endOf("unauthorized", "POST /accessTokens: Hostaway does not accept the credentials")],
});

describe("the subject", () => {
  test.each([
    ["what is new", reportOf(), "hostaway-sync ✔ succeeded · account 10001 · 41 new messages"],
    ["one", reportOf({ inserted: 1 }), "hostaway-sync ✔ succeeded · account 10001 · 1 new message"],
    ["nothing", reportOf({ inserted: 0 }), "hostaway-sync ✔ succeeded · account 10001 · no new messages"],
    ["what failed", PARTIAL, "hostaway-sync ! partial · account 10001 · 3 of 610 failed · 1 warning"],
    ["why it ended", FAILED, "hostaway-sync ✖ failed · account 10001 · unauthorized, nothing stored"],
    [
      "how far it came",
      reportOf({
        status: "failed",
        inserted: 1_200,
        updated: 0,
        failures: [endOf("interrupted", "stopped")],
      }),
      "hostaway-sync ✖ failed · account 10001 · interrupted, stopped after 1,200 items",
    ],
    [
      "what failed before and is still missing",
      reportOf({ status: "partial", openFailures: 2 }),
      "hostaway-sync ! partial · account 10001 · 2 earlier failures still open",
    ],
    [
      "that something may be missing",
      reportOf({ status: "partial", openFailures: null }),
      "hostaway-sync ! partial · account 10001 · earlier failures still open",
    ],
    [
      "that nothing was written",
      reportOf({ dryRun: true }),
      "hostaway-sync ✔ succeeded · account 10001 · dry run · 41 new messages",
    ],
  ])("says %s", (_, report, subject) => {
    expect(composeMail(report).subject).toBe(subject);
  });
});

describe.each(["text", "html"] as const)("the %s", (part) => {
  const bodyOf = (report: Parameters<typeof composeMail>[0]) => {
    const body = composeMail(report)[part];
    return part === "text" ? body : body.replace(/<style>.*?<\/style>|<[^>]+>/gs, " ").replace(/\s+/g, " ");
  };

  test("says of a quiet night that there is nothing to do, and what came", () => {
    const body = bodyOf(reportOf());

    expect(body).toContain("✔ succeeded");
    expect(body).toContain("Everything in Hostaway has been copied.");
    expect(body).toContain("20 November 2026, 01:00 UTC, took 8.2 s");
    expect(body).toContain("No action needed.");
    expect(body).toMatch(/messages\s+527\s+41\s+6\s+480\s+0/);
    expect(body).toContain(
      "787 conversations checked: 40 changed, 27 re-read as part of the rolling check and 3 with new",
    );
    expect(body).toContain("73 API calls (a full sync would take 793).");
    expect(body).not.toMatch(/undefined|null|NaN|\[object/);
  });

  test("says what failed by type, with the remedy and the ids, and what is to be decided", () => {
    const body = bodyOf(PARTIAL);

    expect(body).toContain("607 of 610 items stored, 3 failed.");
    expect(body).toMatch(/Validation error, 2 times\s+Open the item in Hostaway/);
    expect(body).toContain("message 77 in conversation 30001: date: missing");
    expect(body).toContain("message without id in conversation 30001: id: missing");
    expect(body).toMatch(
      /Timeout\s+No action needed: the next run tries again. If it keeps happening, raise HOSTAWAY_TIMEOUT\./,
    );
    expect(body).toContain("conversation 30002: no answer within 30 s");
    expect(body).toContain(`${HELD_BACK.message}.`);
    expect(body).toContain(HELD_BACK.remediation);
    expect(body).toContain("Marked as deleted: 2 messages.");
    expect(body).toContain("3 retries");
    expect(body).not.toContain("No action needed.");
  });

  test("says why a run ended and what to check", () => {
    const body = bodyOf(FAILED);

    expect(body).toContain("✖ failed");
    expect(body).toContain(
      "The run ended early: POST /accessTokens: Hostaway does not accept the credentials.",
    );
    expect(body).toContain("Nothing was stored.");
    expect(body).toContain("Check HOSTAWAY_ACCOUNT_ID and HOSTAWAY_API_KEY");
    expect(body).toContain("The list of conversations was not read.");
  });

  test("names the first 20 of a type and counts the rest, and those that the report does not name", () => {
    const failures = Array.from({ length: 1_000 }, (_, index) =>
      failureOf("server_error", { item_id: `conv-${index + 1}` }),
    );
    const body = bodyOf(reportOf({ status: "partial", failures, failed: 1_642 }));

    expect(body).toContain("Server error, 1,000 times");
    expect(body).toContain("conversation conv-20:");
    expect(body).not.toContain("conv-21:");
    expect(body).toContain("… and 980 more");
    expect(body).toMatch(/(?<![\d,])642 more failed items not listed in the report\./);
  });

  test.each([
    [1, "1 earlier failure is still open. For details, run: hostaway-sync failures"],
    [2, "2 earlier failures are still open. For details, run: hostaway-sync failures"],
    [null, "Earlier failures could not be counted. For details, run: hostaway-sync failures"],
  ])("says that %j of what failed before is still missing", (openFailures, words) => {
    const body = bodyOf(reportOf({ status: "partial", openFailures }));

    expect(body).toContain("Nothing failed in this run, but earlier failures are still open.");
    expect(body).toContain(words);
    expect(body).not.toContain("No action needed.");
  });

  test("does not count what failed last night a second time", () => {
    expect(bodyOf(PARTIAL)).not.toContain("still open");
    expect(bodyOf({ ...PARTIAL, open_failures: 5 })).toContain("2 earlier failures are still open");
  });

  test("says of a dry run that nothing was written", () => {
    expect(bodyOf(reportOf({ dryRun: true }))).toContain("Dry run: nothing was written.");
  });
});

describe("the HTML", () => {
  const evil = `<img src=x onerror="alert(1)">&'`;
  const escaped = "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;&#39;";

  test("escapes whatever comes from outside", () => {
    const { html } = composeMail({
      ...PARTIAL,
      account_id: `acc${evil}`,
      run_id: `run${evil}`,
      failures: [
        failureOf("timeout", { item_id: `id${evil}`, message: `msg${evil}`, remediation: `rem${evil}` }),
        failureOf("timeout", { item_type: "message", item_id: "1", conversation_id: `conv${evil}` }),
      ],
      warnings: [{ ...HELD_BACK, message: `warn${evil}`, remediation: `wrem${evil}` }],
    });

    expect(html).not.toContain("<img");
    for (const place of ["acc", "run", "id", "msg", "rem", "conv", "warn", "wrem"])
      expect(html).toContain(`${place}${escaped}`);
  });

  test("loads nothing, and knows the dark", () => {
    const { html } = composeMail(PARTIAL);

    expect(html).not.toMatch(/https?:|src=|href=|url\(|@import|<script|<link/);
    expect(html).toContain("prefers-color-scheme:dark");
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
  });
});

describe("sending", () => {
  test("brings subject and both bodies, with umlauts and symbols, to every recipient", async () => {
    await using server = await startMailServer();
    const report = reportOf({
      status: "partial",
      failures: [failureOf("timeout", { message: "Zeitüberschreitung – „Villa Ólea“ 🏡" })],
    });

    await sendReport(report, settingsFor(`smtp://${CREDENTIALS}@127.0.0.1:${server.port}`));

    const [delivery, ...others] = server.deliveries;
    const composed = composeMail(report);
    expect(others).toEqual([]);
    expect(delivery).toMatchObject({ from: "robot@example.com", to: TO, user: LOGIN.user });
    expect(delivery?.mail.from).toEqual({ name: "Zimmer & Käse", address: "robot@example.com" });
    expect(delivery?.mail.subject).toBe("hostaway-sync ! partial · account 10001 · 1 of 608 failed");
    expect(linesOf(delivery?.mail.text)).toEqual(linesOf(composed.text));
    expect(linesOf(delivery?.mail.html)).toEqual(linesOf(composed.html));
    expect(composed.text).toContain("Zeitüberschreitung – „Villa Ólea“ 🏡");
    expect(delivery?.mail.headers).toContainEqual(
      expect.objectContaining({ key: "auto-submitted", value: "auto-generated" }),
    );
  });

  test("works without a login where the server asks for none", async () => {
    await using server = await startMailServer();

    await sendReport(reportOf(), settingsFor(`smtp://127.0.0.1:${server.port}`));

    expect(server.deliveries).toMatchObject([{ user: undefined, secure: false }]);
  });

  test("speaks TLS from the first byte with smtps, and believes no self-signed certificate unless told so", async () => {
    await using server = await startMailServer({ secure: true });
    const url = `smtps://${CREDENTIALS}@127.0.0.1:${server.port}`;

    await expect(sendReport(reportOf(), settingsFor(url))).rejects.toThrow(
      /offers no secure connection \(ESOCKET, [A-Z_]*CERT[A-Z_]*\)/,
    );
    await sendReport(reportOf(), settingsFor(`${url}?tls.rejectUnauthorized=false`));

    expect(server.deliveries).toMatchObject([{ secure: true, user: LOGIN.user }]);
  });

  test("changes to TLS with smtp where the server offers it, before it logs in", async () => {
    await using server = await startMailServer({ hideSTARTTLS: false, allowInsecureAuth: false });
    const url = `smtp://${CREDENTIALS}@127.0.0.1:${server.port}`;

    await expect(sendReport(reportOf(), settingsFor(url))).rejects.toThrow(
      /offers no secure connection \(\w+, [A-Z_]*CERT[A-Z_]*\)/,
    );
    await sendReport(reportOf(), settingsFor(`${url}?tls.rejectUnauthorized=false`));

    expect(server.deliveries).toMatchObject([{ secure: true, user: LOGIN.user }]);
  });

  test("insists on STARTTLS when the URL does", async () => {
    await using server = await startMailServer({ disabledCommands: ["STARTTLS"] });
    const url = `smtp://${CREDENTIALS}@127.0.0.1:${server.port}?requireTLS=true`;

    await expect(sendReport(reportOf(), settingsFor(url))).rejects.toThrow(
      "offers no secure connection (ETLS",
    );
    expect(server.deliveries).toEqual([]);
  });

  test("says when one of the recipients is refused", async () => {
    await using server = await startMailServer({
      onRcptTo: ({ address }, _session, done) => done(address === TO[0] ? null : new Error("no such person")),
    });

    await expect(sendReport(reportOf(), settingsFor(`smtp://127.0.0.1:${server.port}`))).rejects.toThrow(
      `The mail server 127.0.0.1:${server.port} rejected 1 of 2 recipients.`,
    );
    expect(server.deliveries).toHaveLength(1);
  });
});

describe("a mail server that does not take the report", () => {
  test("because the login is wrong is told with host and codes, without the password that it quotes", async () => {
    await using server = await startMailServer();
    const wrong = "wrong-p4ssw0rd-canary";

    const error = await errorOf(
      sendReport(reportOf(), settingsFor(`smtp://robot:${wrong}@127.0.0.1:${server.port}`)),
    );

    expect(error).toBeInstanceOf(MailError);
    expect(error.message).toBe(`The mail server 127.0.0.1:${server.port} rejected the login (EAUTH, 535).`);
    for (const dump of dumpsOf(error)) expect(dump).not.toMatch(/canary|robot/);
  });

  test("because it is not there", async () => {
    const port = await closedPort();

    const error = await errorOf(
      sendReport(reportOf(), settingsFor(`smtp://${CREDENTIALS}@127.0.0.1:${port}`)),
    );

    expect(error).toBeInstanceOf(MailError);
    expect(error.message).toBe(
      `The mail server 127.0.0.1:${port} cannot be reached (ESOCKET, ECONNREFUSED).`,
    );
    for (const dump of dumpsOf(error)) expect(dump).not.toContain("geheim");
  });

  test("because it never greets does not hold up the run", async () => {
    await using server = await startRudeServer(() => undefined);
    const started = performance.now();

    const error = await errorOf(
      sendReport(reportOf(), settingsFor(`smtp://${CREDENTIALS}@127.0.0.1:${server.port}`), undefined, {
        stepMs: 250,
        allMs: 60_000,
      }),
    );

    expect(error).toBeInstanceOf(MailError);
    expect(error.message).toContain("did not respond in time (ETIMEDOUT)");
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test("because it falls silent after the greeting does not hold up the run, whatever the URL says", async () => {
    await using server = await startRudeServer((socket) => socket.write("220 well\r\n"));
    const url = `smtp://127.0.0.1:${server.port}?socketTimeout=600000&greetingTimeout=600000`;

    await expect(
      sendReport(reportOf(), settingsFor(url), undefined, { stepMs: 250, allMs: 60_000 }),
    ).rejects.toThrow("did not respond in time (ETIMEDOUT)");
  });

  test("because it talks for ever without an answer does not hold up the run", async () => {
    await using server = await startRudeServer((socket) => {
      socket.write("220 well\r\n");
      const talk = setInterval(() => socket.write("250-well\r\n"), 50);
      socket.on("close", () => clearInterval(talk));
    });

    await expect(
      sendReport(reportOf(), settingsFor(`smtp://127.0.0.1:${server.port}`), undefined, SOON),
    ).rejects.toThrow("did not respond in time (ETIMEDOUT)");
  });

  test("because it goes away in the middle", async () => {
    await using server = await startRudeServer((socket) => {
      socket.write("220 well\r\n");
      socket.on("data", (data) => {
        if (data.includes("DATA")) socket.destroy();
        else socket.write("250 well\r\n");
      });
    });

    const error = await errorOf(
      sendReport(reportOf(), settingsFor(`smtp://127.0.0.1:${server.port}`), undefined, SOON),
    );

    expect(error).toBeInstanceOf(MailError);
    expect(error.message).toMatch(/^The mail server 127.0.0.1:\d+ closed the connection \(ECONNECTION\)\.$/);
  });

  test("is left at once when the caller stops", async () => {
    await using server = await startRudeServer(() => undefined);
    const stop = new AbortController();
    const started = performance.now();
    const sending = sendReport(reportOf(), settingsFor(`smtp://127.0.0.1:${server.port}`), stop.signal);

    setTimeout(() => stop.abort(), 50);

    await expect(sending).rejects.toThrow("was stopped");
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test.each([
    ["no URL at all", "canary-word"],
    ["another protocol", "https://user:canary@mail.example.com"],
    ["no host", "smtp://"],
    ["a slash in the password, which makes it a port and a path", "smtp://user:1234/canary@mail.example.com"],
    ["a question mark in the password", "smtp://user:1234?canary@mail.example.com"],
    ["a hash in the password", "smtp://user:1234#canary@mail.example.com"],
  ])("because its URL has %s is told without the URL", async (_, url) => {
    const error = await errorOf(sendReport(reportOf(), settingsFor(url)));

    expect(error).toBeInstanceOf(MailError);
    expect(error.message).toContain("must look like smtp://user:password@host");
    for (const dump of dumpsOf(error)) expect(dump).not.toMatch(/canary|1234/);
  });
});

test("settings print no secret", () => {
  expect(inspect(settingsFor("smtp://user:canary@host"), { depth: 9 })).not.toContain("canary");
});

function dumpsOf(error: Error): string[] {
  return [
    inspect(error, { depth: 9, showHidden: true }),
    JSON.stringify(error, Object.getOwnPropertyNames(error)),
    String(error.stack),
  ];
}

function linesOf(body: string | undefined): string[] {
  return (body ?? "").replaceAll("\r\n", "\n").trimEnd().split("\n");
}
