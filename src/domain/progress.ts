/** Where a run stands. */
export interface Progress {
  readonly phase: "listings" | "reservations" | "conversations";
  /** Those that are done with, most of them because nothing had changed. */
  readonly conversations: number;
  /** Null until the first page of conversations is there. */
  readonly conversationsTotal: number | null;
  readonly messages: number;
  readonly failed: number;
  /** Of those that were expected; null when nothing was. */
  readonly callsLeft: number | null;
}
