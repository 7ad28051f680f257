import { expect, test } from "@jest/globals";
import { syncOnce } from "../support/run.ts";
import { openWorkshop } from "../support/workshop.ts";

const workshop = openWorkshop({ seed: 44, conversations: 12 });

test.each([
  ["10/11/2026 09:00", ["message.insertedOn (1)"]],
  ["2026-11-10 09:00 somewhere", ["message.insertedOn (1)"]],
  ["2026-11-10T09:00:00+0200", []],
  ["0000-00-00 00:00:00", []],
  ["9999-12-31", []],
  ["", []],
  [null, []],
])("of the date %j the report says %j", async (value, fields) => {
  await workshop.simulate();
  const id = [...workshop.simulator.oracle.conversations()].find(
    ({ message_counts }) => message_counts.total >= 3,
  )?.conversation_id;
  const fault = { type: "poison", index: 0, field: "insertedOn", change: "value", value } as const;
  workshop.simulator.faults.set([{ match: { path: `/conversations/${id}/messages` }, fault }]);

  const report = await syncOnce(workshop.simulator, workshop.database);

  expect(report.status).toBe("succeeded");
  expect(report.warnings).toEqual(
    fields.map((field) =>
      expect.objectContaining({ type: "dates_not_understood", message: expect.stringContaining(field) }),
    ),
  );
});
