import type { App, ProviderProgress, StoreConnection } from "../app.ts";
import { failureFrom, remedyOf } from "../domain/failure.ts";
import type { CheckResult } from "../report/checks.ts";
import { COLLECTIONS } from "../store/collections.ts";
import { OLDEST_SERVER, readMissingRights, readServerFacts } from "../store/mongo.ts";
import { findConflicts, findMissing } from "../store/schema.ts";
import { MongoUnavailableError, StoreUnavailableError } from "./errors.ts";

/** Clocks further apart than this make reports hard to read beside each other. */
const LARGEST_SKEW_MS = 30_000;

/** Tries the requirements of a run one by one. Nothing is written. */
export async function checkSetup(
  app: App,
  signal: AbortSignal,
  onProgress: (progress: ProviderProgress) => void,
): Promise<CheckResult[]> {
  const { hostaway, mongo } = app.config;
  const detail = `account ${hostaway.accountId} at ${hostaway.baseUrl}, database ${mongo.database}`;
  return [
    { name: "configuration", status: "ok", detail },
    ...(await checkDatabase(app, signal, onProgress)),
    ...(await checkHostaway(app, signal)),
  ];
}

async function checkDatabase(
  app: App,
  signal: AbortSignal,
  onProgress: (progress: ProviderProgress) => void,
): Promise<CheckResult[]> {
  try {
    await using store = await app.openStore({ signal, onProgress });
    const { version, now } = await readServerFacts(store.db);
    return [
      checkVersion(store, version),
      await checkRights(store),
      await checkIndexes(store),
      checkClock("clock of MongoDB", now, app.clock.now()),
    ];
  } catch (error) {
    if (!(error instanceof StoreUnavailableError || error instanceof MongoUnavailableError)) throw error;
    return [{ name: "MongoDB", status: "failed", detail: error.message }];
  }
}

function checkVersion({ endpoint }: StoreConnection, version: string): CheckResult {
  const detail = `${endpoint.description}, version ${version}`;
  const isOld = endpoint.kind !== "standin" && Number.parseInt(version, 10) < OLDEST_SERVER;
  if (!isOld) return { name: "MongoDB", status: "ok", detail };
  const remedy = `Use MongoDB ${OLDEST_SERVER}.0 or newer: older ones cannot have the views for analysts, nor the report's overview.`;
  return { name: "MongoDB", status: "warning", detail, remedy };
}

/** Found out before an upgrade needs them. */
async function checkRights({ db }: StoreConnection): Promise<CheckResult> {
  const name = "rights";
  const missing = await readMissingRights(db);
  if (missing === null) return { name, status: "ok", detail: "the server does not say" };
  if (missing.length === 0) return { name, status: "ok", detail: "enough" };
  const isNeeded = missing.some((action) => action !== "collMod");
  const remedy = `Give the user the roles readWrite and dbAdmin on the database ${db.databaseName}.`;
  return { name, status: isNeeded ? "failed" : "warning", detail: `missing: ${missing.join(", ")}`, remedy };
}

async function checkIndexes({ db }: StoreConnection): Promise<CheckResult> {
  const name = "indexes";
  const conflicts = (await Promise.all(COLLECTIONS.map((spec) => findConflicts(db, spec)))).flat();
  const missing = (await Promise.all(COLLECTIONS.map((spec) => findMissing(db, spec)))).flat();
  if (conflicts.length > 0) {
    const names = conflicts.map(({ collection, index }) => `${collection}.${index}`).join(", ");
    const status = conflicts.some(({ unique }) => unique) ? "failed" : "warning";
    const remedy = "Drop or rename them: this program never drops an index it did not make.";
    return { name, status, detail: `other indexes have the names of ours: ${names}`, remedy };
  }
  const detail =
    missing.length === 0 ? "all there" : `${missing.length} not there yet: the next sync makes them`;
  return { name, status: "ok", detail };
}

async function checkHostaway(app: App, signal: AbortSignal): Promise<CheckResult[]> {
  let serverTime: Date | null = null;
  using hostaway = app.connectHostaway({
    onAttempt: (attempt) => {
      serverTime = attempt.serverTime ?? serverTime;
    },
  });
  const name = "Hostaway";
  try {
    await hostaway.client.ping(signal);
    const answers: CheckResult = { name, status: "ok", detail: "answers, and accepts the credentials" };
    return serverTime ? [answers, checkClock("clock of Hostaway", serverTime, app.clock.now())] : [answers];
  } catch (error) {
    const failure = failureFrom(error, { item_type: "run", item_id: null, conversation_id: null });
    return [{ name, status: "failed", detail: failure.message, remedy: remedyOf(failure) }];
  }
}

function checkClock(name: string, theirs: Date, ours: Date): CheckResult {
  const skewMs = theirs.getTime() - ours.getTime();
  if (Math.abs(skewMs) <= LARGEST_SKEW_MS) return { name, status: "ok", detail: "agrees with ours" };
  const detail = `is ${Math.round(Math.abs(skewMs) / 1_000)} s ${skewMs > 0 ? "ahead of" : "behind"} ours`;
  return { name, status: "warning", detail, remedy: "Let NTP set the clock of this machine." };
}
