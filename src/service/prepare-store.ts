import { ensureViews } from "../store/ensure-views.ts";
import { ensureSchema } from "../store/schema.ts";
import type { JobContext } from "./job-context.ts";

/** Creates missing collections, indexes and views. A run does not need the views. */
export async function prepareStore({
  store: { db },
  emit,
}: Pick<JobContext, "store" | "emit">): Promise<void> {
  const { conflicts, outdated } = await ensureSchema(db);
  for (const conflict of conflicts) emit({ kind: "index conflict", conflict });
  if (outdated.length > 0) emit({ kind: "validators outdated", collections: outdated });
  const views = await ensureViews(db);
  for (const conflict of views.conflicts) emit({ kind: "view name conflict", conflict });
  for (const failure of views.failures) emit({ kind: "view cannot be created", failure });
}
