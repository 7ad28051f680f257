import { expect, test } from "@jest/globals";
import { useTestAccount } from "../support/account.ts";
import { syncOnce } from "../support/run.ts";

const account = useTestAccount({ seed: 44, conversations: 12 });

test.each([
  ["10/11/2026 09:00", ["message.insertedOn (1)"]],
  ["2026-11-10 09:00 somewhere", ["message.insertedOn (1)"]],
  ["2026-11-10T09:00:00+0200", []],
  ["0000-00-00 00:00:00", []],
  ["9999-12-31", []],
  ["", []],
  [null, []],
])("of the date %j the report says %j", async (value, fields) => {
  await account.simulate();
  const id = [...account.simulator.oracle.conversations()].find(
    ({ message_counts }) => message_counts.total >= 3,
  )?.conversation_id;
  const fault = { type: "poison", index: 0, field: "insertedOn", change: "value", value } as const;
  account.simulator.faults.set([{ match: { path: `/conversations/${id}/messages` }, fault }]);

  const report = await syncOnce(account.simulator, account.database);

  expect(report.status).toBe("succeeded");
  expect(report.warnings).toEqual(
    fields.map((field) =>
      expect.objectContaining({ type: "dates_not_understood", message: expect.stringContaining(field) }),
    ),
  );
});
