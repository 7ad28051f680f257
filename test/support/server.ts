import type { Db } from "mongodb";

/** Whether the tests run on the stand-in: what only it promises is not asked of a real MongoDB. */
export async function isStandin(db: Db): Promise<boolean> {
  const { modules } = await db.command({ buildInfo: 1 });
  return Array.isArray(modules) && modules.includes("documentdb");
}
