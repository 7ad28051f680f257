import type { CommandStartedEvent, CommandSucceededEvent, Db, Document, MongoClient } from "mongodb";

/** A reading command that was sent. */
export interface Asked {
  readonly command: Document;
  /** How many documents were handed over, in however many batches. */
  handedOver: number;
  /** False when the cursor was left before its end. */
  toTheEnd: boolean;
}

/** Catches the reading commands of a client that monitors them. */
export function watch(client: MongoClient): { take(): Asked[] } {
  let asked: Asked[] = [];
  const pending = new Map<number, Asked>();
  const cursors = new Map<string, Asked>();
  client.on("commandStarted", ({ requestId, command }: CommandStartedEvent) => {
    const goesOn = "getMore" in command ? cursors.get(String(command["getMore"])) : undefined;
    const begins = "find" in command || "aggregate" in command;
    const one = goesOn ?? (begins ? { command, handedOver: 0, toTheEnd: false } : undefined);
    if (!one) return;
    pending.set(requestId, one);
    if (begins) asked.push(one);
  });
  client.on("commandSucceeded", ({ requestId, reply }: CommandSucceededEvent) => {
    const one = pending.get(requestId);
    const cursor = (reply as Document)["cursor"];
    if (!one || !cursor) return;
    pending.delete(requestId);
    one.handedOver += (cursor.firstBatch ?? cursor.nextBatch).length;
    one.toTheEnd = String(cursor.id) === "0";
    cursors.set(String(cursor.id), one);
  });
  return {
    take() {
      const taken = asked;
      asked = [];
      cursors.clear();
      return taken;
    },
  };
}

export interface Examined {
  readonly keys: number;
  readonly returned: number;
}

/** What the server says it examined for these commands. */
export async function examine(db: Db, asked: readonly Asked[]): Promise<Examined> {
  let [keys, returned] = [0, 0];
  for (const one of asked) {
    const explain = await explainable(db, one);
    const stats = statsOf(await db.command({ explain, verbosity: "executionStats" }));
    if (stats.length === 0) throw new Error("the server does not say what it examined");
    keys += total(stats, "totalKeysExamined");
    returned += one.handedOver;
  }
  return { keys, returned };
}

/**
 * A command is explained by carrying it out to its end, which the program does not when it has its page. Where
 * the database reads on as documents are wanted, it is explained up to where it was read; where it sorts, it has
 * looked at everything before the first one.
 */
async function explainable(db: Db, { command, handedOver, toTheEnd }: Asked): Promise<Document> {
  const explain = Object.fromEntries(Object.entries(command).filter(([key]) => !LEFT_OUT.has(key)));
  if (toTheEnd || handedOver === 0 || !("find" in command)) return explain;
  const { queryPlanner } = await db.command({ explain, verbosity: "queryPlanner" });
  return stagesOf(queryPlanner.winningPlan).includes("SORT") ? explain : { ...explain, limit: handedOver };
}

/** What belongs to the session it was sent in, and its limit in time. */
const LEFT_OUT = new Set(["lsid", "$db", "$clusterTime", "$readPreference", "maxTimeMS"]);

function stagesOf(plan: unknown): string[] {
  if (typeof plan !== "object" || plan === null) return [];
  return Object.entries(plan).flatMap(([key, value]) => (key === "stage" ? [value] : stagesOf(value)));
}

/** At the top for most commands, within the first stage for some aggregations. */
function statsOf(plan: unknown): Document[] {
  if (typeof plan !== "object" || plan === null) return [];
  return Object.entries(plan).flatMap(([key, value]) =>
    key === "executionStats" ? [value] : statsOf(value),
  );
}

function total(stats: readonly Document[], field: string): number {
  return stats.reduce((sum, one) => sum + Number(one[field]), 0);
}
