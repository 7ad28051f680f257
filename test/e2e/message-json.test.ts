import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Document } from "mongodb";
import { TEXTS } from "../fixtures/hostile/values.ts";
import { openTestAccount, type TestAccount } from "../support/account.ts";
import { syncOnce } from "../support/run.ts";
import { runShown } from "../support/terminal.ts";

const BOOKING = "987654321";

let account: TestAccount;
let models: Document[];

/** A booking whose messages hold hostile texts wherever a text may stand, among them some from an earlier version. */
beforeAll(async () => {
  account = await openTestAccount({ seed: 92, conversations: 3, tokenGraceMs: 0 });
  await syncOnce(account.simulator, account.database);
  const messages = account.database.db.collection("messages");
  models = await messages.find().limit(TEXTS.length).toArray();
  await messages.insertMany(TEXTS.map((text, index) => hostileMessage(text, index)));
  await messages.updateMany(
    { message_id: /^9000001/ },
    { $unset: { source_timezone: "", content_html: "" } },
  );
  await messages.updateOne({ message_id: "900000003" }, { $set: { deleted_at: new Date(0) } });
});
afterAll(async () => {
  await account[Symbol.asyncDispose]();
});

function hostileMessage(text: string, index: number): Document {
  const { _id, ...model } = models[index % models.length] ?? {};
  const name = text;
  return {
    ...model,
    message_id: `${900_000_000 + index}`,
    reservation_ids: [BOOKING],
    content: text,
    content_html: text,
    guest: { ...model["guest"], name },
    property: { ...model["property"], name },
    sender: { ...model["sender"], name },
    attachments: [
      { id: "1", name, mime_type: text, extension: text, is_image: null, is_public: null, url: text },
    ],
    source_status: text,
  };
}

const linesOf = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await runShown(args, account.env, false);
  expect({ code, errors: stderr.includes('"level":"error"') }).toEqual({ code: 0, errors: false });
  return stdout.split("\n").filter((line) => line.startsWith('{"message_id"'));
};

test.each([[[]], [["--deleted"]]])(
  "search, history and export give the same bytes for the same message, whatever is in it: %j",
  async (more) => {
    const which = ["--reservation", BOOKING, ...more];
    const exported = await linesOf("export", "--format", "jsonl", ...which);
    const searched = await linesOf("search", "--json", "--limit", "1000", ...which);
    const history = await linesOf("history", "--json", "--limit", "1000", ...which);

    expect(exported).toHaveLength(TEXTS.length - (more.length === 0 ? 1 : 0));
    expect(searched).toEqual(exported);
    expect(history).toEqual(exported);
  },
);
