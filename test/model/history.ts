import type { FaultRule } from "../../src/simulator/simulator.ts";

/**
 * What happens to an account and to those who copy it. Plain data, so that it can be shrunk, printed and
 * kept. Whoever is chosen is chosen by a number, which is taken modulo of what there is at that moment;
 * where there is nothing to choose from nothing happens.
 */
export interface History {
  readonly world: WorldPlan;
  readonly steps: readonly Step[];
}

export interface WorldPlan {
  readonly seed: number;
  readonly conversations: number;
  /** Reservations without a conversation. */
  readonly calendarBookings: number;
  readonly messageOrder: "date" | "id";
  readonly listingMapIdQuirk: boolean;
}

export type Step = WorldEvent | RunPlan;

export type WorldEvent =
  | { readonly what: "guest writes"; readonly on: number; readonly minutesAgo: number }
  | {
      readonly what: "host replies";
      readonly on: number;
      readonly minutesAgo: number;
      readonly reflected: boolean;
    }
  | { readonly what: "automation writes"; readonly on: number }
  | { readonly what: "message scheduled"; readonly on: number; readonly inMinutes: number }
  | { readonly what: "message edited"; readonly on: number; readonly message: number }
  | {
      readonly what: "status changed";
      readonly on: number;
      readonly message: number;
      readonly to: "cancelled_by_user" | "paused" | "failed";
    }
  | { readonly what: "message deleted"; readonly on: number; readonly message: number }
  | { readonly what: "message restored"; readonly on: number; readonly message: number }
  | { readonly what: "conversation added"; readonly inquiry: boolean; readonly empty: boolean }
  | { readonly what: "conversation deleted"; readonly on: number }
  | { readonly what: "conversation restored"; readonly on: number }
  /** Changed, or, when it was changed before, changed back. */
  | {
      readonly what: "reservation flipped";
      readonly on: number;
      readonly field: "status" | "price" | "guestName";
    }
  | { readonly what: "listing flipped"; readonly on: number }
  | { readonly what: "time passes"; readonly minutes: number };

export interface RunPlan {
  readonly what: "run";
  readonly pageSizes: { readonly listings: number; readonly others: number };
  readonly sweepDays: number;
  readonly concurrency: number;
  readonly faults: readonly FaultRule[];
  readonly drift: readonly Drift[];
  /** How far this machine's clock is off. */
  readonly clockOffDays: number;
  readonly acceptDeletions: boolean;
  readonly dryRun: boolean;
  readonly trouble: Trouble | null;
}

/** The account changes while it is read: when the n-th request of its kind arrives. */
export interface Drift {
  readonly endpoint: Endpoint;
  readonly nth: number;
  readonly events: readonly WorldEvent[];
}

export const ENDPOINTS = ["conversations", "messages", "reservations", "listings", "accessTokens"] as const;
export type Endpoint = (typeof ENDPOINTS)[number];

/** Writes to this collection are counted, or to any. */
export const WRITTEN_TO = [
  "any",
  "messages",
  "conversations",
  "reservations",
  "listings",
  "sync_conversations",
] as const;
export type WrittenTo = (typeof WRITTEN_TO)[number];

/** What may happen to the process; `at` counts writes to the database, or requests. */
export type Trouble =
  /** It dies: nothing of that write happens, or all of it, or the first half. */
  | {
      readonly what: "crash";
      readonly to: WrittenTo;
      readonly at: number;
      readonly done: "nothing" | "half" | "all";
    }
  | { readonly what: "interrupt"; readonly at: number }
  /** It is frozen before that write until its lease has run out, and another run has come and gone. */
  | {
      readonly what: "freeze";
      readonly to: WrittenTo;
      readonly at: number;
      readonly meanwhile: readonly WorldEvent[];
    };
