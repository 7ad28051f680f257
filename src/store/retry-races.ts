import { isStoreGone } from "./errors.ts";

/** Another process may be creating the same things at this moment: by the fifth try they are there. */
const TRIES = 5;

/** Repeats work that another process may be doing at the same time. Throws the last error as it is. */
export async function retryRaces<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries >= TRIES || isStoreGone(error)) throw error;
    }
  }
}
