import { afterAll, afterEach, beforeAll, expect } from "@jest/globals";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../src/simulator/simulator.ts";
import { COLLECTIONS } from "../../src/store/collections.ts";
import { ensureSchema } from "../../src/store/schema.ts";
import { openTestDatabase, type TestDatabase } from "./database.ts";
import { environmentFor } from "./hostaway.ts";
import { differencesFrom } from "./oracle.ts";
import { countDuplicates } from "./store.ts";

/** A simulated account and a database of its own, gone when disposed of. */
export interface TestAccount extends AsyncDisposable {
  readonly simulator: Simulator;
  readonly database: TestDatabase;
  /** The variables with which the command line finds both. */
  readonly env: Readonly<Record<string, string>>;
}

/** Without a rate limit, unless the options say otherwise. */
export async function openTestAccount(options: SimulatorOptions): Promise<TestAccount> {
  const simulator = await startSimulator({ rateLimit: "off", ...options });
  const database = await openTestDatabase();
  return {
    simulator,
    database,
    env: { ...environmentFor(simulator), MONGODB_URI: database.uri, MONGODB_DATABASE: database.name },
    async [Symbol.asyncDispose]() {
      await simulator.close();
      await database.close();
    },
  };
}

export async function expectPerfectCopy({ simulator, database: { db } }: TestAccount): Promise<void> {
  expect(await differencesFrom(simulator.oracle, db)).toEqual({});
  expect(await countDuplicates(db)).toBe(0);
}

/** One database for all tests of a file, emptied after each, and a simulated account for each test that asks for one. */
export interface SharedTestAccount {
  readonly database: TestDatabase;
  readonly simulator: Simulator;
  /** Without rate limit, and with a token at once. */
  simulate(options?: SimulatorOptions): Promise<Simulator>;
  /** The differences between the copy and the account; empty for a perfect copy. */
  differences(): ReturnType<typeof differencesFrom>;
}

/** To be called at the top of a file; it prepares and cleans up around the tests. */
export function useTestAccount(usual: SimulatorOptions = {}): SharedTestAccount {
  let database: TestDatabase | undefined;
  let simulator: Simulator | undefined;
  beforeAll(async () => {
    database = await openTestDatabase();
    await ensureSchema(database.db);
  });
  afterAll(() => database?.close());
  afterEach(async () => {
    await simulator?.close();
    for (const { name } of COLLECTIONS) await database?.db.collection(name).deleteMany({});
  });
  const account: SharedTestAccount = {
    get database() {
      if (!database) throw new Error("the database opens before the first test");
      return database;
    },
    get simulator() {
      if (!simulator) throw new Error("this test simulates no account yet");
      return simulator;
    },
    async simulate(options = {}) {
      await simulator?.close();
      simulator = await startSimulator({ rateLimit: "off", tokenGraceMs: 0, ...usual, ...options });
      return simulator;
    },
    differences: () => differencesFrom(account.simulator.oracle, account.database.db),
  };
  return account;
}
