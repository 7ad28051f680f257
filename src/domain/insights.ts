import type { Channel, Platform } from "./parts.ts";

/** Statistics over an account's messages of some months: sent messages only, deleted ones excluded. */
export interface Insights {
  /** Months of UTC, from the first with a message to that of the newest. Empty when there is none. */
  readonly months: readonly MonthOfMessages[];
  readonly ways: readonly Way[];
  /** Guests' messages by nationality; null where it is unknown. */
  readonly nationalities: readonly { readonly nationality: string | null; readonly messages: number }[];
  /** Guests' messages by local time at the property; messages without a known time zone are left out. */
  readonly hours: readonly HourOfWeek[];
  /** The conversations in which the guest wrote for the first time in these months. */
  readonly contacts: readonly Contact[];
}

export interface MonthOfMessages {
  /** Its first day. */
  readonly month: Date;
  readonly guest: number;
  readonly host: number;
  readonly automation: number;
}

/** Number of messages by platform and channel. */
export interface Way {
  readonly platform: Platform;
  readonly channel: Channel;
  readonly messages: number;
}

export interface HourOfWeek {
  /** 1 is Monday. */
  readonly weekday: number;
  /** 0 to 23 */
  readonly hour: number;
  readonly messages: number;
}

export interface Contact {
  readonly property_id: string | null;
  readonly property_name: string | null;
  readonly first_guest_message_at: Date;
  /** Time until a person answered; null when nobody has. */
  readonly first_host_response_minutes: number | null;
  /** Whether the guest's newest message is later than any message of a person of the host. */
  readonly unanswered: boolean;
}
