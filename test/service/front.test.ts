import { expect, test } from "@jest/globals";
import { createApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import { searchMessages } from "../../src/query/messages.ts";
import type { RunEvent } from "../../src/service/events.ts";
import { runJob } from "../../src/service/run-job.ts";
import { openTestAccount } from "../support/account.ts";

test("a front runs a job, hears its events and answers a search without a terminal", async () => {
  await using account = await openTestAccount({ seed: 91, conversations: 5, tokenGraceMs: 0 });
  await using app = createApp(readConfig(account.env));
  const events: RunEvent["kind"][] = [];
  const job = { kind: "nightly", dryRun: false, acceptDeletions: false } as const;

  const report = await runJob(app, job, new AbortController().signal, {
    onEvent: ({ kind }) => events.push(kind),
  });

  expect(report).toMatchObject({ status: "succeeded", mode: "incremental" });
  expect([...new Set(events)]).toEqual(["run started", "progress"]);
  await using store = await app.openStore();
  const found = await searchMessages(store.db, account.simulator.accountId, {}, { size: 500 });
  expect(found.messages).toHaveLength(account.simulator.oracle.counts().messages);
});
