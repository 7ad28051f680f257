import fc from "fast-check";
import {
  type Drift,
  ENDPOINTS,
  type History,
  type RunPlan,
  type Trouble,
  type WorldEvent,
  type WorldPlan,
  WRITTEN_TO,
} from "./history.ts";

const MOST_STEPS = 12;

const DAY = 24 * 60;

const which = fc.nat(9);
const oneIn = (n: number) => fc.nat(n - 1).map((drawn) => drawn === n - 1);
const mostly = <T>(usual: T, other: fc.Arbitrary<T>, weight = 3) =>
  fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });

const minutes = fc.oneof(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 121, max: 5 * DAY }));
const status = fc.constantFrom("cancelled_by_user" as const, "paused" as const, "failed" as const);
const field = fc.constantFrom("status" as const, "price" as const, "guestName" as const);
const minutesAgo = mostly(0, minutes, 1);

const is = <const T>(value: T) => fc.constant(value);
const event = (weight: number, arbitrary: fc.Arbitrary<WorldEvent>) => ({ weight, arbitrary });

const worldEvent: fc.Arbitrary<WorldEvent> = fc.oneof(
  event(8, fc.record({ what: is("guest writes"), on: which, minutesAgo })),
  event(8, fc.record({ what: is("host replies"), on: which, minutesAgo, reflected: fc.boolean() })),
  event(3, fc.record({ what: is("automation writes"), on: which })),
  event(4, fc.record({ what: is("message scheduled"), on: which, inMinutes: minutes })),
  event(4, fc.record({ what: is("message edited"), on: which, message: which })),
  event(4, fc.record({ what: is("status changed"), on: which, message: which, to: status })),
  event(6, fc.record({ what: is("message deleted"), on: which, message: which })),
  event(4, fc.record({ what: is("message restored"), on: which, message: which })),
  event(3, fc.record({ what: is("conversation added"), inquiry: fc.boolean(), empty: fc.boolean() })),
  event(4, fc.record({ what: is("conversation deleted"), on: which })),
  event(4, fc.record({ what: is("conversation restored"), on: which })),
  event(6, fc.record({ what: is("reservation flipped"), on: which, field })),
  event(2, fc.record({ what: is("listing flipped"), on: which })),
  event(5, fc.record({ what: is("time passes"), minutes })),
);

const endpoint = fc.constantFrom(...ENDPOINTS);

const fault: fc.Arbitrary<RunPlan["faults"][number]> = fc
  .record({
    endpoint: fc.option(endpoint, { nil: null }),
    probability: fc.constantFrom(0.1, 0.3, 1),
    times: fc.integer({ min: 1, max: 7 }),
    fault: fc.oneof(
      fc.constantFrom(
        "html" as const,
        "truncated_json" as const,
        "reset" as const,
        "status_fail_200" as const,
        "empty_list" as const,
        "repeat_page" as const,
        "null_id" as const,
      ),
      fc.record({
        type: fc.constant("poison" as const),
        index: fc.nat(3),
        field: fc.constantFrom("id", "isIncoming"),
        change: fc.constant("drop" as const),
      }),
    ),
  })
  .map(({ endpoint, probability, times, fault }) => ({
    match: { probability, times, ...(endpoint && { endpoint }) },
    fault,
  }));

const drift: fc.Arbitrary<Drift> = fc.record({
  endpoint,
  nth: fc.integer({ min: 1, max: 6 }),
  events: fc.array(worldEvent, { minLength: 1, maxLength: 4 }),
});

const write = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ to: fc.constant("any" as const), at: fc.integer({ min: 1, max: 24 }) }),
  },
  fc.record({ to: fc.constantFrom(...WRITTEN_TO), at: fc.integer({ min: 1, max: 8 }) }),
);
const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record({ write, done: fc.constantFrom("nothing" as const, "half" as const, "all" as const) })
      .map(({ write, done }) => ({ what: "crash" as const, ...write, done })),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant("interrupt" as const),
      at: fc.integer({ min: 1, max: 24 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ write, meanwhile: fc.array(worldEvent, { maxLength: 3 }) })
      .map(({ write, meanwhile }) => ({ what: "freeze" as const, ...write, meanwhile })),
  },
);

const run: fc.Arbitrary<RunPlan> = fc.record({
  what: fc.constant("run" as const),
  pageSizes: fc.record({ listings: fc.integer({ min: 1, max: 3 }), others: fc.integer({ min: 2, max: 7 }) }),
  sweepDays: fc.constantFrom(30, 30, 2, 1),
  concurrency: mostly(1, fc.integer({ min: 2, max: 4 }), 1),
  faults: mostly([], fc.array(fault, { minLength: 1, maxLength: 3 }), 2),
  drift: mostly([], fc.array(drift, { minLength: 1, maxLength: 3 }), 1),
  clockOffDays: mostly(0, fc.integer({ min: -1_500, max: 1_500 })),
  acceptDeletions: oneIn(4),
  dryRun: oneIn(10),
  trouble: mostly(null, trouble, 1),
});

const world: fc.Arbitrary<WorldPlan> = fc.record({
  seed: fc.nat(999_999),
  conversations: fc.integer({ min: 1, max: 6 }),
  calendarBookings: fc.nat(3),
  messageOrder: mostly("date", fc.constant("id")),
  listingMapIdQuirk: oneIn(8),
});

export const history: fc.Arbitrary<History> = fc.record({
  world,
  steps: fc.array(fc.oneof({ weight: 3, arbitrary: worldEvent }, { weight: 2, arbitrary: run }), {
    maxLength: MOST_STEPS,
    size: "max",
  }),
});
