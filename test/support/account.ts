import { expect } from "@jest/globals";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../src/simulator/simulator.ts";
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
