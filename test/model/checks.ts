import { expect } from "@jest/globals";
import type { Db } from "mongodb";
import type { RunReport } from "../../src/domain/run-report.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { type Differences, differencesFrom } from "../support/oracle.ts";
import type { AccountObserver } from "./account-observer.ts";

const KEYS = { messages: "message_id", conversations: "conversation_id" } as const;
type Deletable = keyof typeof KEYS;

/** P6: what was attempted either succeeded or failed, and every failure is written down. */
export function expectSums({ items, summary, failures, status, open_failures }: RunReport): void {
  const all = Object.values(items);
  for (const key of ["attempted", "succeeded", "failed"] as const) {
    expect(summary[key]).toBe(all.reduce((sum, counts) => sum + counts[key], 0));
  }
  for (const counts of all) {
    const { attempted, succeeded, failed, inserted, updated, unchanged } = counts;
    expect(attempted).toBe(succeeded + failed);
    expect(succeeded).toBe(inserted + updated + unchanged + ("gone" in counts ? counts.gone : 0));
  }
  const ended = failures.filter(({ item_type }) => item_type === "run").length;
  expect(failures).toHaveLength(summary.failed + ended);
  const lacks = summary.failed > 0 || open_failures !== 0;
  expect(status).toBe(ended > 0 ? "failed" : lacks ? "partial" : "succeeded");
}

/** P2 */
export async function expectNoDuplicates(db: Db): Promise<void> {
  for (const [name, key] of Object.entries(KEYS)) {
    const ids = await idsOf(db, name as Deletable, {});
    expect({ [key]: ids.length }).toEqual({ [key]: new Set(ids).size });
  }
}

export async function markedIds(db: Db, name: Deletable): Promise<string[]> {
  return await idsOf(db, name, { deleted_at: { $ne: null } });
}

async function idsOf(db: Db, name: Deletable, filter: object): Promise<string[]> {
  const key = KEYS[name];
  const found = await db
    .collection(name)
    .find(filter, { projection: { _id: 0, [key]: 1 } })
    .toArray();
  return found.map((document) => String(document[key]));
}

/** P1: what was there from the beginning to the end of a run that says `succeeded` is stored. */
export async function expectStored(db: Db, messageIds: readonly string[]): Promise<void> {
  const stored = new Set(await idsOf(db, "messages", { deleted_at: null }));
  expect(messageIds.filter((id) => !stored.has(id))).toEqual([]);
}

/** The copy is what the account is. */
export async function expectSame(simulator: Simulator, db: Db): Promise<void> {
  expect(withoutBorrowed(simulator, await differencesFrom(simulator.oracle, db))).toEqual({});
}

/**
 * The copy is what the account is, as far as the lists tell: what was edited or deleted in silence, or is
 * gone with its conversation, may wait for a sweep or for the next scan.
 */
export async function expectSameButSilent(
  simulator: Simulator,
  db: Db,
  observer: AccountObserver,
): Promise<void> {
  const differences = withoutBorrowed(simulator, await differencesFrom(simulator.oracle, db));
  const { listings, reservations, conversations, messages } = differences;
  const marked = new Set(await markedIds(db, "messages"));
  const markedConversations = await markedIds(db, "conversations");
  const borrowing = new Set(borrowers(simulator).values());
  const unsure = (id: string) => observer.hasSilent(id) || borrowing.has(id);
  expect({
    listings,
    reservations,
    conversations: {
      missing: conversations?.missing ?? [],
      marked: markedConversations.filter((id) => observer.conversations().includes(id)),
      different: (conversations?.different ?? []).filter((one) => !(unsure(one.id) && isAbout(SUMS, one))),
    },
    messages: {
      missing: (messages?.missing ?? []).filter((id) => !observer.isSilent(id)),
      marked: observer.messages().filter((id) => marked.has(id) && !observer.isSilent(id)),
      different: (messages?.different ?? []).filter(
        (one) => !(observer.isSilent(one.id) && (marked.has(one.id) || !isAboutAny(CARRIED, one))),
      ),
    },
  }).toEqual({
    listings: undefined,
    reservations: undefined,
    conversations: { missing: [], marked: [], different: [] },
    messages: { missing: [], marked: [], different: [] },
  });
}

/** What a conversation's messages add up to. */
const SUMS = [
  "message_counts",
  "channels",
  "first_message_at",
  "last_message_at",
  "last_incoming_at",
  "last_outgoing_at",
];
/** What a message carries from its thread, so that it is never older than the thread is. */
const CARRIED = ["reservation", "property", "guest", "sender"];
/** What depends on a message's neighbours when it has no time of its own; it stays as it was (decision 1). */
const BORROWED = ["timestamp", "local_timestamp"];

type Difference = Differences["different"][number];

function fieldsOf({ expected, stored }: Difference): string[] {
  return [...new Set([expected, stored].flatMap((document) => Object.keys(document as object)))];
}

function isAbout(fields: readonly string[], difference: Difference): boolean {
  return fieldsOf(difference).every((field) => fields.includes(field));
}

function isAboutAny(fields: readonly string[], difference: Difference): boolean {
  return fieldsOf(difference).some((field) => fields.includes(field));
}

/** Messages without a time of their own, and their conversations. */
function borrowers({ oracle }: Simulator): Map<string, string> {
  const found = [...oracle.messages()].filter(({ timestamp_source }) => timestamp_source === "retrieved");
  return new Map(found.map(({ message_id, conversation_id }) => [message_id, conversation_id]));
}

function withoutBorrowed(
  simulator: Simulator,
  { messages, ...others }: Readonly<Record<string, Differences>>,
): Readonly<Record<string, Differences>> {
  if (!messages) return others;
  const borrowing = borrowers(simulator);
  const different = messages.different.filter((one) => !(borrowing.has(one.id) && isAbout(BORROWED, one)));
  const agrees = messages.missing.length === 0 && messages.extra === 0 && different.length === 0;
  return agrees ? others : { ...others, messages: { ...messages, different } };
}
