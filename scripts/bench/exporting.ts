import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MongoClient } from "mongodb";
import { EXPORT_FORMATS, type ExportFormat } from "../../src/export/write-export.ts";
import { ACCOUNT, fillStore } from "./fill.ts";
import { measureCommand, openScratchMongo, tell } from "./support.ts";

const SMALL = 5_000;
const LARGE = 200_000;

/** Peak resident memory of `export` with a heap of 96 MB, at 5,000 and at 200,000 messages. */
export async function exporting(): Promise<void> {
  console.log("\nexport: peak memory under --max-old-space-size=96");
  await using endpoint = await openScratchMongo();
  for (const messages of [SMALL, LARGE]) await fill(endpoint.uri, messages);
  for (const format of EXPORT_FORMATS) {
    const small = await exportOf(format, SMALL, endpoint.uri);
    const large = await exportOf(format, LARGE, endpoint.uri);
    for (const one of [small, large]) console.log(`  ${format}, ${one.words}`);
    const growth = large.megabytes - small.megabytes;
    tell(`growth of peak memory, 5,000 to 200,000 as ${format}`, `${growth} MB`, "≤ 20 MB", growth <= 20);
  }
}

async function fill(uri: string, messages: number): Promise<void> {
  const client = await MongoClient.connect(uri, { ignoreUndefined: true });
  await fillStore(client.db(databaseOf(messages)), messages);
  await client.close();
}

function databaseOf(messages: number): string {
  return `bench_store_${messages}`;
}

async function exportOf(
  format: ExportFormat,
  messages: number,
  uri: string,
): Promise<{ megabytes: number; words: string }> {
  const folder = await mkdtemp(join(tmpdir(), "hostaway-sync-bench-"));
  const file = join(folder, `messages.${format}`);
  const env = {
    HOSTAWAY_ACCOUNT_ID: ACCOUNT,
    HOSTAWAY_API_KEY: "not asked for",
    MONGODB_URI: uri,
    MONGODB_DATABASE: databaseOf(messages),
    LOG_LEVEL: "warn",
  };
  const { megabytes, seconds } = await measureCommand(["export", "--output", file], env);
  const { size } = await stat(file);
  await rm(folder, { recursive: true });
  const rate = Math.round(messages / seconds).toLocaleString("en-US");
  const written = `${messages} messages in ${(size / 2 ** 20).toFixed(1)} MB`;
  return { megabytes, words: `${written}: peak ${megabytes} MB, ${seconds.toFixed(1)} s, ${rate} rows/s` };
}
