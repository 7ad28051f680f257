/** A question a guest asks and the answer the host gives. */
export interface Topic {
  readonly ask: readonly [string, ...string[]];
  readonly answer: readonly [string, ...string[]];
}

type Lines = readonly [string, ...string[]];

/**
 * The texts of one language. `{guest}` is the guest's first name, `{host}` the host's, `{listing}` the
 * property, `{in}` and `{out}` the hours of check-in and check-out, `{code}` a number. A blank line separates
 * paragraphs.
 */
export interface Phrases {
  readonly greeting: Lines;
  readonly hostGreeting: Lines;
  readonly before: readonly [Topic, ...Topic[]];
  readonly during: readonly [Topic, ...Topic[]];
  readonly inquiry: readonly [Topic, ...Topic[]];
  readonly arrived: Topic;
  readonly after: Topic;
  readonly thanks: Lines;
  readonly photo: Lines;
  readonly automations: {
    readonly booked: string;
    readonly checkIn: string;
    readonly midStay: string;
    readonly checkOut: string;
    readonly review: string;
  };
}

export const AUTOMATIONS = ["booked", "checkIn", "midStay", "checkOut", "review"] as const;
export type AutomationName = (typeof AUTOMATIONS)[number];
