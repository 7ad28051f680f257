import type { Db, Document } from "mongodb";
import { ItemError, toItemError } from "../domain/failure.ts";
import { isAccessDenied, kindOf, toStorageError } from "./errors.ts";
import { retryRaces } from "./retry-races.ts";
import { VIEW_MARK, VIEWS, type ViewSpec } from "./view-pipelines.ts";

/** A foreign collection or view has the name of one of our views. */
export interface ViewConflict {
  readonly view: string;
  readonly heldBy: "collection" | "view";
}

/** A view that this server does not support, or this user may not create: the others are created all the same. */
export interface ViewFailure {
  readonly view: string;
  readonly reason: string;
}

/**
 * Creates missing views and replaces views of ours that another version made. Safe to repeat, and for two processes
 * at once. A collection or a foreign view of the same name is reported, never touched.
 */
export async function ensureViews(
  db: Db,
): Promise<{ readonly conflicts: readonly ViewConflict[]; readonly failures: readonly ViewFailure[] }> {
  const conflicts: ViewConflict[] = [];
  const failures: ViewFailure[] = [];
  for (const view of VIEWS) {
    try {
      const conflict = await ensureOne(db, view);
      if (conflict) conflicts.push(conflict);
    } catch (error) {
      const { message, endsRun } = toItemError(error);
      if (endsRun && !isAccessDenied(error)) throw error;
      failures.push({ view: view.name, reason: message });
    }
  }
  return { conflicts, failures };
}

async function ensureOne(db: Db, view: ViewSpec): Promise<ViewConflict | null> {
  try {
    return await retryRaces(() => ensureView(db, view));
  } catch (error) {
    // Only the views are missing then, and a run does not need them.
    if (isAccessDenied(error)) throw new ItemError("storage_error", `preparing the views: ${kindOf(error)}`);
    throw toStorageError(error, "preparing the views");
  }
}

async function ensureView(db: Db, { name, viewOn, pipeline }: ViewSpec): Promise<ViewConflict | null> {
  const [held] = await db.listCollections({ name }, { nameOnly: false }).toArray();
  if (!held) {
    await db.createCollection(name, { viewOn, pipeline: [...pipeline] });
    return null;
  }
  if (held.type !== "view") return { view: name, heldBy: "collection" };
  const definition: Document = held.options ?? {};
  if (!isOurs(definition)) return { view: name, heldBy: "view" };
  if (!isUnchanged(definition, { viewOn, pipeline })) await db.command({ collMod: name, viewOn, pipeline });
  return null;
}

function isOurs({ pipeline }: Document): boolean {
  return Array.isArray(pipeline) && pipeline[0]?.$match?.$comment === VIEW_MARK;
}

/** As text, because the order of keys means something in a pipeline. */
function isUnchanged(held: Document, { viewOn, pipeline }: Pick<ViewSpec, "viewOn" | "pipeline">): boolean {
  return held["viewOn"] === viewOn && JSON.stringify(held["pipeline"]) === JSON.stringify(pipeline);
}
