import { rm } from "node:fs/promises";
import { keeperGone } from "../../dist/embedded/provider.js";

export default async function globalTeardown() {
  const { endpoint, dataDir } = globalThis.testMongo;
  await endpoint[Symbol.asyncDispose]();
  await keeperGone(dataDir);
  await rm(dataDir, { recursive: true, force: true });
}
