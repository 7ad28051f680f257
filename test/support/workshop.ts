import { afterAll, afterEach, beforeAll } from "@jest/globals";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../src/simulator/simulator.ts";
import { COLLECTIONS } from "../../src/store/collections.ts";
import { ensureSchema } from "../../src/store/schema.ts";
import { openTestDatabase, type TestDatabase } from "./database.ts";
import { differencesFrom } from "./oracle.ts";

/** One database for all tests of a file, emptied after each, and an account for each that asks for one. */
export interface Workshop {
  readonly database: TestDatabase;
  readonly simulator: Simulator;
  /** Without rate limit, and with a token at once. */
  simulate(options?: SimulatorOptions): Promise<Simulator>;
  /** What keeps the copy from being what the account is. */
  differences(): ReturnType<typeof differencesFrom>;
}

/** Prepares and clears up by itself: call it at the top of a file. */
export function openWorkshop(usual: SimulatorOptions = {}): Workshop {
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
  const workshop: Workshop = {
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
    differences: () => differencesFrom(workshop.simulator.oracle, workshop.database.db),
  };
  return workshop;
}
