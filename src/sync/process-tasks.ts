import { streamBatch } from "./batch.ts";
import type { DeletionDetector } from "./deletion-detector.ts";
import { recordOutcome } from "./outcomes.ts";
import { readConversation } from "./read-conversation.ts";
import { refreshConversation } from "./refresh-conversation.ts";
import type { Run } from "./run.ts";
import type { Task } from "./scan.ts";
import type { Thresholds } from "./thresholds.ts";

export interface TaskOptions {
  readonly deletions: DeletionDetector;
  readonly thresholds: Thresholds;
  /** Tasks under way at a time. */
  readonly concurrency: number;
  readonly onDone?: (task: Task) => void;
}

/** Reads, or refreshes, the conversations that a scan chose. Each outcome is recorded; nothing is thrown. */
export async function processTasks(
  tasks: AsyncIterable<Task> | Iterable<Task>,
  run: Run,
  { deletions, thresholds, concurrency, onDone }: TaskOptions,
): Promise<void> {
  await streamBatch(
    tasks,
    (task) =>
      task.reason === "refreshed" ? refreshConversation(task, run) : readConversation(task, run, deletions),
    async (task, error) => {
      onDone?.(task);
      const read = { id: task.thread.record.id, reason: task.reason, fingerprint: task.fingerprint };
      await recordOutcome("nightly", read, error, run, thresholds);
    },
    { concurrency, signal: run.signal },
  );
}
