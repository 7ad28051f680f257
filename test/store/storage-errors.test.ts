import { connect } from "node:net";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type Document, deserialize } from "bson";
import type { Db } from "mongodb";
import { systemClock } from "../../src/clock.ts";
import { type Failure, failureFrom, ItemError } from "../../src/domain/failure.ts";
import { createLedger } from "../../src/domain/ledger.ts";
import type { Message } from "../../src/domain/message.ts";
import { startSimulator } from "../../src/simulator/simulator.ts";
import { frames, parseRequest, reply, toBson } from "../../src/standin/wire.ts";
import { COLLECTIONS, MESSAGES } from "../../src/store/collections.ts";
import { connectMongo } from "../../src/store/mongo.ts";
import { ensureSchema } from "../../src/store/schema.ts";
import { createStores } from "../../src/store/stores.ts";
import { dryRunContext } from "../../src/store/write-context.ts";
import { loadDocuments } from "../../src/sync/load-page.ts";
import type { Stores } from "../../src/sync/ports.ts";
import { openTestDatabase, type TestDatabase } from "../support/database.ts";
import { addressOfNobody, openBlackHole, type RawServer, startTcpServer } from "../support/raw-server.ts";
import { message } from "../support/records.ts";
import { syncOnce } from "../support/run.ts";
import { until } from "../support/until.ts";

/** What a guest wrote; MongoDB likes to quote the document it complains about. */
const GUEST = "Ada Lovelace asks for the door code";
const PASSWORD = "p4ssw0rd-that-nobody-may-see";
/** Nobody waits long for a database that is gone, and nothing is tried twice behind our back. */
const IMPATIENT = "serverSelectionTimeoutMS=300&connectTimeoutMS=300&retryReads=false&retryWrites=false";

let database: TestDatabase;
const open: AsyncDisposable[] = [];

beforeAll(async () => {
  database = await openTestDatabase();
  await ensureSchema(database.db);
});
beforeEach(() => database.db.collection(MESSAGES.name).deleteMany({}));
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});
afterAll(() => database.close());

const stored = async () => {
  const found = await database.db.collection(MESSAGES.name).find().sort({ message_id: 1 }).toArray();
  return found.map((document) => document["message_id"]);
};
const storesOf = (db: Db): Stores => createStores(db, { ...dryRunContext(systemClock), dryRun: false });
const page = (...ids: number[]) => ids.map((id) => message({ id, body: GUEST }));

/** What a server in between may do with a command: answer in the database's place, or hang up, or say nothing. */
type Meddling = (name: string, command: Document) => Document | "hang up" | "silence" | null;

interface Meddler extends RawServer {
  /** From now on; null lets everything pass. */
  meddle: Meddling | null;
}

/** Stands between the driver and the real database. */
async function startMeddler(): Promise<Meddler> {
  const [host] = database.client.options.hosts;
  const server = await startTcpServer(async (client) => {
    const upstream = connect(host?.port ?? 27_017, host?.host ?? "127.0.0.1");
    upstream.on("error", () => client.destroy()).pipe(client);
    client.once("close", () => upstream.destroy());
    try {
      for await (const frame of frames(client)) {
        if (!Buffer.isBuffer(frame)) throw new Error("no test sends that much at once");
        const request = parseRequest(frame);
        const command = deserialize(request.body);
        const answer = meddler.meddle?.(Object.keys(command)[0] ?? "", command) ?? null;
        if (answer === null) upstream.write(frame);
        else if (answer === "hang up") client.destroy();
        else if (answer !== "silence") client.write(reply(request, toBson(answer)));
      }
    } catch {
      client.destroy(); // hung up in the middle of a message
    }
  });
  const meddler: Meddler = { ...server, meddle: null };
  return meddler;
}

interface Meddled {
  readonly meddler: Meddler;
  readonly db: Db;
  readonly stores: Stores;
  close(): Promise<void>;
}

/** The real connection and the real stores, with somebody in between. */
async function connectMeddled(options = IMPATIENT): Promise<Meddled> {
  const meddler = await startMeddler();
  open.push(meddler);
  const client = await connectMongo(`mongodb://${meddler.address}/?directConnection=true&${options}`, 2);
  open.push({ [Symbol.asyncDispose]: () => client.close() });
  const db = client.db(database.name);
  return { meddler, db, stores: storesOf(db), close: () => client.close() };
}

/** MongoDB's no to one command, in words that quote a document. */
const no =
  (to: string, code: number, codeName?: string): Meddling =>
  (name) =>
    name === to
      ? { ok: 0, errmsg: `not now: { content: "${GUEST}" }`, code, ...(codeName && { codeName }) }
      : null;

/** What was thrown, which must be ours and hold nothing that a guest wrote. */
async function thrownBy(work: Promise<unknown>): Promise<{ error: ItemError; failure: Failure }> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  const shown = inspect(error, { depth: 10, showHidden: true });
  for (const hidden of [PASSWORD, ...GUEST.split(" ", 2)]) expect(shown).not.toContain(hidden);
  if (!(error instanceof ItemError)) throw new Error(`not an ItemError: ${shown}`);
  return { error, failure: failureFrom(error, { item_type: "run", item_id: null, conversation_id: null }) };
}

/** What the report says of a run that the database ended. */
const runFailure = (why: unknown): Failure =>
  ({
    failure_id: null,
    item_type: "run",
    item_id: null,
    conversation_id: null,
    stage: "load",
    error_type: "storage_error",
    message: why,
    attempts: 1,
    http_status: null,
  }) as Failure;

describe("P5: a document that the database refuses", () => {
  async function load(stores: Stores, documents: readonly Message[]) {
    const ledger = createLedger();
    const target = { type: "message", store: stores.messages, ledger, conversationId: "1406" } as const;
    const failed = await loadDocuments(target, documents);
    expect(inspect(failed, { depth: 10 })).not.toContain("Lovelace");
    return { ledger, failures: failed.map(({ failure }) => failure) };
  }

  const refused = (id: string, why: string): Failure => ({
    failure_id: `message:${id}`,
    item_type: "message",
    item_id: id,
    conversation_id: "1406",
    stage: "load",
    error_type: "storage_error",
    message: why,
    attempts: 1,
    http_status: null,
  });
  const BY_VALIDATOR = "the collection's validator refused it (code 121)";

  test.each([
    ["first", [1]],
    ["in the middle", [3]],
    ["last", [5]],
    ["not alone", [2, 4]],
    ["like all of them", [1, 2, 3, 4, 5]],
  ])("by its validator (%s) is a storage_error of its own; its neighbours are stored", async (_, bad) => {
    const documents = page(1, 2, 3, 4, 5).map((one) =>
      bad.includes(Number(one.message_id)) ? ({ ...one, direction: GUEST } as unknown as Message) : one,
    );

    const { failures, ledger } = await load(storesOf(database.db), documents);

    expect(failures).toEqual(bad.map((id) => refused(String(id), BY_VALIDATOR)));
    expect(await stored()).toEqual(["1", "2", "3", "4", "5"].filter((id) => !bad.includes(Number(id))));
    expect(ledger.counts("message")).toMatchObject({ attempted: 5, failed: bad.length });
    expect(ledger.endedBy).toBeNull();
  });

  test("when it changes is a storage_error of its own; what was stored stays", async () => {
    await load(storesOf(database.db), page(1, 2));
    const [first, second] = page(1, 2).map((one) => ({ ...one, content: `${GUEST} again` }));
    if (!first || !second) throw new Error("two records make two documents");

    const bad = { ...first, direction: GUEST } as unknown as Message;
    const { failures } = await load(storesOf(database.db), [bad, second]);

    expect(failures).toEqual([refused("1", BY_VALIDATOR)]);
    const contents = await database.db.collection(MESSAGES.name).find().sort({ message_id: 1 }).toArray();
    expect(contents.map(({ content }) => content)).toEqual([GUEST, `${GUEST} again`]);
  });

  test("as larger than 16 MB is a storage_error of its own; its neighbours are stored", async () => {
    const huge = message({ id: 2, body: GUEST.repeat(17 * 2 ** 15) });
    const [first, third] = page(1, 3);
    if (!first || !third) throw new Error("two records make two documents");

    const { failures, ledger } = await load(storesOf(database.db), [first, huge, third]);

    expect(failures).toEqual([refused("2", "larger than the 16 MB that MongoDB allows")]);
    expect(await stored()).toEqual(["1", "3"]);
    expect(ledger.endedBy).toBeNull();
  });

  test.each([
    [10_334, "BSONObjectTooLarge"],
    [2, "BadValue"],
    [17_280, "KeyTooLong"],
  ])(
    "together with the whole command (%i, %s) is found, and its neighbours are stored",
    async (code, name) => {
      const { meddler, stores } = await connectMeddled();
      const documents = page(1, 2, 3, 4, 5, 6, 7);
      let commands = 0;
      // The documents of an insert come beside the command, so the number of documents tells whose turn it is:
      // halves of 7 are 4 and 3, of the 3 first 2 and then 1, which is number 7.
      meddler.meddle = (command) => {
        if (command !== "insert") return null;
        commands += 1;
        const answersNo = [1, 3, 5].includes(commands);
        return answersNo ? no("insert", code, name)(command, {}) : null;
      };

      const { failures } = await load(stores, documents);

      expect(failures).toEqual([refused("7", `MongoDB error ${code} (${name})`)]);
      expect(await stored()).toEqual(["1", "2", "3", "4", "5", "6"]);
    },
  );
});

/** How those are told whose name says too little. */
const IN_WORDS: Readonly<Record<number, string>> = {
  13: "the user has no right to do this (code 13)",
  50: "it took longer than it may (code 50)",
  8000: "Atlas refuses it: the user has no right to do this, or the cluster is full (code 8000)",
  14031: "the disk of the MongoDB server is full (code 14031)",
};
const told = (code: number, name: string) => IN_WORDS[code] ?? `MongoDB error ${code} (${name})`;

/** Those with which MongoDB says that no document would fare better just now. */
const ENDING: readonly (readonly [number, string])[] = [
  [6, "HostUnreachable"],
  [7, "HostNotFound"],
  [11, "UserNotFound"],
  [13, "Unauthorized"],
  [18, "AuthenticationFailed"],
  [89, "NetworkTimeout"],
  [91, "ShutdownInProgress"],
  [189, "PrimarySteppedDown"],
  [8_000, "AtlasError"],
  [9_001, "SocketException"],
  [10_058, "LegacyNotPrimary"],
  [10_107, "NotWritablePrimary"],
  [11_600, "InterruptedAtShutdown"],
  [11_602, "InterruptedDueToReplStateChange"],
  [13_435, "NotPrimaryNoSecondaryOk"],
  [13_436, "NotPrimaryOrSecondary"],
  [14_031, "OutOfDiskSpace"],
];

describe("MongoDB that says no to everything", () => {
  test.each(ENDING)(
    "with %i (%s) to a write ends the run, in words without a document",
    async (code, name) => {
      const { meddler, stores } = await connectMeddled();
      let writes = 0;
      meddler.meddle = (command) => {
        if (command === "insert") writes += 1;
        return no("insert", code, name)(command, {});
      };

      const { error, failure } = await thrownBy(stores.messages.upsertMany(page(1, 2, 3)));

      expect(failure).toEqual(runFailure(`writing to messages: ${told(code, name)}`));
      expect(error.endsRun).toBe(true);
      expect(writes).toBe(1); // nobody looks for the document whose fault it is
    },
  );

  test.each(ENDING)(
    "with %i (%s) to a read ends the run, in words without a document",
    async (code, name) => {
      const { meddler, stores } = await connectMeddled();
      meddler.meddle = no("find", code, name);

      const { error, failure } = await thrownBy(stores.conversationStates.findMany(["1406"]));

      expect(failure).toEqual(runFailure(`reading sync_conversations: ${told(code, name)}`));
      expect(error.endsRun).toBe(true);
    },
  );

  test("without a name for it is told by its number", async () => {
    const { meddler, stores } = await connectMeddled();
    meddler.meddle = no("find", 11);

    const { failure } = await thrownBy(stores.conversationStates.findMany(["1406"]));

    expect(failure.message).toBe("reading sync_conversations: MongoDB error 11");
  });

  test.each([
    [50, "MaxTimeMSExpired"],
    [2, "BadValue"],
    [59, "CommandNotFound"],
  ])("but for one question (%i, %s) costs that question, not the run", async (code, name) => {
    const { meddler, stores } = await connectMeddled();
    meddler.meddle = no("find", code, name);

    const { error, failure } = await thrownBy(stores.conversationStates.findMany(["1406"]));

    expect(failure).toEqual(runFailure(`reading sync_conversations: ${told(code, name)}`));
    expect(error.endsRun).toBe(false);
  });
});

describe("MongoDB that is gone", () => {
  const writing = ({ stores }: Meddled) => stores.messages.upsertMany(page(1, 2, 3));
  const why = expect.stringMatching(/^writing to messages: Mongo[A-Za-z]+Error$/);

  test("(nobody listens there any more) ends the run", async () => {
    const meddled = await connectMeddled();
    await meddled.stores.messages.upsertMany(page(9));
    await meddled.meddler[Symbol.asyncDispose]();

    const { error, failure } = await thrownBy(writing(meddled));
    const again = await thrownBy(writing(meddled)); // by now the driver knows that there is no server

    expect([failure, error.endsRun]).toEqual([runFailure(why), true]);
    expect(again.failure).toEqual(runFailure("writing to messages: MongoServerSelectionError"));
    expect(again.error.endsRun).toBe(true);
    expect(await stored()).toEqual(["9"]);
  });

  test.each(["find", "insert"])("(the line is cut at each %s) ends the run", async (command) => {
    const meddled = await connectMeddled();
    meddled.meddler.meddle = (name) => (name === command ? "hang up" : null);

    const { error, failure } = await thrownBy(writing(meddled));

    expect(failure).toEqual(runFailure(why));
    expect(error.endsRun).toBe(true);
  });

  test("(the line is cut while a state is written) ends the run", async () => {
    const { meddler, stores } = await connectMeddled();
    meddler.meddle = (name) => (name === "update" ? "hang up" : null);

    const { error, failure } = await thrownBy(stores.conversationStates.update("1406", { scans_missed: 1 }));

    expect(failure).toEqual(
      runFailure(expect.stringMatching(/^writing to sync_conversations: Mongo[A-Za-z]+Error$/)),
    );
    expect(error.endsRun).toBe(true);
  });

  test("(it says nothing any more) ends the run when the time is over", async () => {
    const meddled = await connectMeddled(`${IMPATIENT}&socketTimeoutMS=200`);
    let writes = 0;
    meddled.meddler.meddle = (name) => {
      if (name === "insert") writes += 1;
      return name === "insert" ? "silence" : null;
    };

    const { error, failure } = await thrownBy(writing(meddled));

    expect(failure).toEqual(runFailure(why));
    expect(error.endsRun).toBe(true);
    expect(writes).toBe(1);
  });

  test("(its connection was closed by ourselves) ends the run", async () => {
    const meddled = await connectMeddled();
    await meddled.close();

    const { error } = await thrownBy(writing(meddled));

    expect(error).toMatchObject({ type: "storage_error", endsRun: true });
  });

  test("(its connection is closed by ourselves while it is asked) ends the run", async () => {
    const meddled = await connectMeddled();
    let asked = false;
    meddled.meddler.meddle = (name) => {
      asked ||= name === "find";
      return name === "find" ? "silence" : null;
    };

    const outcome = thrownBy(writing(meddled));
    await until(() => asked);
    await meddled.close();

    expect((await outcome).error).toMatchObject({ type: "storage_error", endsRun: true });
  });
});

describe("a run", () => {
  test.each<[string, string, Meddling]>([
    ["goes away", "Mongo[A-Za-z]+Error", () => "hang up"],
    ["is not the primary any more", "MongoDB error 10107 .*", no("insert", 10_107, "NotWritablePrimary")],
    [
      "does not let us write any more",
      "the user has no right to do this \\(code 13\\)",
      no("insert", 13, "Unauthorized"),
    ],
  ])("whose database %s half-way fails, says why, and asks Hostaway no further", async (_, why, meddle) => {
    await using simulator = await startForDisposal();
    for (const { name } of COLLECTIONS) await database.db.collection(name).deleteMany({});
    const { meddler, db } = await connectMeddled();
    await ensureSchema(db);
    let inserts = 0;
    meddler.meddle = (name, command) => {
      if (name === "insert" && command["insert"] === MESSAGES.name) inserts += 1;
      return inserts > 3 ? meddle(name, command) : null;
    };

    const report = await syncOnce(simulator, { db }, { concurrency: 2 });

    expect(report.status).toBe("failed");
    expect(report.failures).toContainEqual(
      expect.objectContaining({
        item_type: "run",
        error_type: "storage_error",
        message: expect.stringMatching(new RegExp(`: ${why}$`)),
      }),
    );
    expect(JSON.stringify(report)).not.toContain("Lovelace");
    expect(simulator.stats().byEndpoint["messages"]).toBeLessThan(30);
  });

  async function startForDisposal() {
    const simulator = await startSimulator({ conversations: 60, rateLimit: "off", tokenGraceMs: 0 });
    return Object.assign(simulator, { [Symbol.asyncDispose]: () => simulator.close() });
  }
});

describe("a database that is not there from the start", () => {
  const message = async (uri: string) => {
    const error: unknown = await connectMongo(uri, 1).catch((thrown: unknown) => thrown);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(PASSWORD);
    return error instanceof Error ? `${error.name}: ${error.message}` : "";
  };
  const unavailable = (why: string, at: string) =>
    `StoreUnavailableError: ${why} at ${at}. Check MONGODB_URI and that MongoDB runs.`;

  test("as nobody listens, is told by its address and without the password", async () => {
    const address = await addressOfNobody();

    expect(await message(`mongodb://copy:${PASSWORD}@${address}/?${IMPATIENT}`)).toBe(
      unavailable("MongoDB does not answer", address),
    );
  });

  test("as no connection is made, is told when the time is over", async () => {
    await using hole = await openBlackHole();

    expect(await message(`mongodb://${hole.address}/?${IMPATIENT}`)).toBe(
      unavailable("MongoDB does not answer", hole.address),
    );
    expect(hole.swallows()).toBe(true);
  });

  test("as something else listens there, is told so", async () => {
    await using server = await startTcpServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));

    expect(await message(`mongodb://${server.address}/?${IMPATIENT}`)).toBe(
      unavailable("MongoDB does not answer", server.address),
    );
  });

  test("as there is no such host, is told so, whatever the host is called", async () => {
    expect(await message(`mongodb://auth-db.invalid/?${IMPATIENT}`)).toBe(
      unavailable("MongoDB does not answer", "auth-db.invalid:27017"),
    );
  });

  test.each([
    [18, "AuthenticationFailed", "Authentication failed."],
    [8_000, "AtlasError", "bad auth : authentication failed"],
    [11, "UserNotFound", "Could not find user"],
  ])("as it refuses the password (%i, %s), is told without the password", async (code, codeName, errmsg) => {
    await using meddler = await startMeddler();
    meddler.meddle = (name) => (name === "saslStart" ? { ok: 0, code, codeName, errmsg } : null);

    expect(await message(`mongodb://copy:${PASSWORD}@${meddler.address}/?${IMPATIENT}`)).toBe(
      unavailable("MongoDB refuses the user or password", meddler.address),
    );
  });

  test("as we may do nothing there, is told so", async () => {
    await using meddler = await startMeddler();
    meddler.meddle = no("ping", 13, "Unauthorized");

    expect(await message(`mongodb://${meddler.address}/?${IMPATIENT}`)).toBe(
      unavailable("MongoDB refuses the user or password", meddler.address),
    );
  });

  test.each(["mongodb://", `mongodb://copy:${PASSWORD}@`, `mongodb://copy:${PASSWORD}@host:port/`])(
    "as its URI is none, is told without the URI",
    async (uri) => {
      expect(await message(uri)).toContain("MONGODB_URI is not a valid MongoDB connection string.");
    },
  );
});
