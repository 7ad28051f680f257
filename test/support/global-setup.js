import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** One real server for all tests, found the way the product finds it. Needs `npm run build` first. */
export default async function globalSetup() {
  const { openMongo } = await import("../../dist/embedded/provider.js");
  const dataDir = await mkdtemp(path.join(tmpdir(), "hostaway-sync-test-"));
  const endpoint = await openMongo({
    uri: process.env.MONGODB_URI || null,
    dataDir,
    durable: false,
    onProgress: ({ step, detail }) => process.stderr.write(`${step}${detail ? ` (${detail})` : ""}\n`),
  });
  process.env.TEST_MONGODB_URI = endpoint.uri;
  globalThis.testMongo = { endpoint, dataDir };
}
