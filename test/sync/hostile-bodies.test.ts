import { expect, test } from "@jest/globals";
import { openTestAccount } from "../support/account.ts";
import { runCli } from "../support/cli.ts";

const LIMIT_MS = 10_000;

test.each([
  ["of a thousand million columns", '<table><tr><td colspan="1000000000">Hello</td></tr></table>'],
  ["of a thousand million rows", '<table><tr><td rowspan="1000000000">Hello</td></tr></table>'],
  ["of as many columns as mails have", '<table><tr><td colspan="65534">Hello</td></tr></table>'],
])("P5: a mail with a table %s is stored like its neighbours, within seconds", async (_, body) => {
  await using account = await openTestAccount({ seed: 5, conversations: 5, tokenGraceMs: 0 });
  const { simulator, database, env } = account;
  const id = [...simulator.oracle.conversations()][2]?.conversation_id;
  const all = [...simulator.oracle.messages()].length;
  const fault = { type: "poison", index: 0, field: "body", change: "value", value: body } as const;
  simulator.faults.set([{ match: { path: `/conversations/${id}/messages` }, fault }]);
  const start = performance.now();

  const { code } = await runCli(["sync", "--json"], env);

  expect(performance.now() - start).toBeLessThan(LIMIT_MS);
  expect(code).toBe(0);
  expect(await database.db.collection("messages").countDocuments()).toBe(all);
  expect(await database.db.collection("messages").findOne({ content_html: body })).toMatchObject({
    content: "Hello",
    conversation_id: id,
  });
});
