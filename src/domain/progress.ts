import type { ItemType } from "./failure.ts";

/** The progress of a run, for a display. */
export interface Progress {
  /** Messages are read with their conversation. */
  readonly phase: `${Exclude<ItemType, "message">}s`;
  /** Conversations that are done, most of them unchanged. */
  readonly conversations: number;
  /** Null until the first page of conversations is there. */
  readonly conversationsTotal: number | null;
  readonly messages: number;
  readonly failed: number;
  /** API calls left of the estimate; null without an estimate. */
  readonly callsLeft: number | null;
}
