import type { Db } from "mongodb";
import type { DeadLetter } from "../domain/dead-letter.ts";
import { createDeadLetterReader } from "../store/dead-letters.ts";
import type { LetterFilter } from "../sync/ports.ts";

/** The open dead letters of an account, the latest failure first; 10,000 at most. */
export async function openFailures(
  db: Db,
  accountId: string,
  filter: LetterFilter,
): Promise<readonly DeadLetter[]> {
  return await createDeadLetterReader(db).open(accountId, filter);
}

export async function countOpenFailures(db: Db, accountId: string): Promise<number> {
  return await createDeadLetterReader(db).count(accountId);
}
