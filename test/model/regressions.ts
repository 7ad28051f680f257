import type { History, RunPlan, WorldEvent } from "./history.ts";

const RUN: RunPlan = {
  what: "run",
  pageSizes: { listings: 3, others: 3 },
  sweepDays: 30,
  concurrency: 1,
  faults: [],
  drift: [],
  clockOffDays: 0,
  acceptDeletions: false,
  dryRun: false,
  trouble: null,
};
const WORLD = {
  seed: 5,
  conversations: 1,
  calendarBookings: 0,
  messageOrder: "date",
  listingMapIdQuirk: false,
} as const;
const HOST_REPLIES: WorldEvent = { what: "host replies", on: 0, minutesAgo: 0, reflected: true };

/** Histories that showed a bug once, by what they showed. */
export const REGRESSIONS: readonly (readonly [promise: string, history: History])[] = [
  [
    "a reading that is resumed carries what changed around the conversation into the pages read before",
    {
      world: { ...WORLD, seed: 0 },
      steps: [
        {
          ...RUN,
          pageSizes: { listings: 1, others: 2 },
          concurrency: 2,
          drift: [
            {
              endpoint: "conversations",
              nth: 1,
              events: [{ what: "conversation added", inquiry: false, empty: false }],
            },
          ],
          trouble: { what: "crash", to: "any", at: 15, done: "nothing" },
        },
      ],
    },
  ],
  [
    "a reading is not resumed where deletions have pulled an unread message up to messages stored long ago",
    {
      world: WORLD,
      steps: [
        RUN,
        HOST_REPLIES,
        HOST_REPLIES,
        HOST_REPLIES,
        HOST_REPLIES,
        { ...RUN, trouble: { what: "crash", to: "any", at: 8, done: "nothing" } },
        { what: "message deleted", on: 0, message: 1 },
        { what: "message deleted", on: 0, message: 1 },
      ],
    },
  ],
  [
    "what a process that slept writes over a conversation that a newer run found to be right is seen by the next run",
    {
      world: { ...WORLD, conversations: 3 },
      steps: [
        RUN,
        { what: "reservation flipped", on: 1, field: "guestName" },
        {
          ...RUN,
          trouble: {
            what: "freeze",
            to: "messages",
            at: 1,
            meanwhile: [{ what: "reservation flipped", on: 1, field: "guestName" }],
          },
        },
      ],
    },
  ],
  [
    "a conversation that could not be read and is gone since is not waited for",
    {
      world: WORLD,
      steps: [
        { ...RUN, faults: [{ match: { endpoint: "messages" }, fault: "empty_list" }] },
        { what: "conversation deleted", on: 0 },
      ],
    },
  ],
];
