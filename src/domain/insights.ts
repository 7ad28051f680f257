import type { Channel, Platform } from "./parts.ts";

/** What an account's messages of some months add up to: only what was sent, and is still in Hostaway. */
export interface Insights {
  /** Months of UTC, from the first with a message to that of the newest. Empty when there is none. */
  readonly months: readonly MonthOfMessages[];
  readonly ways: readonly Way[];
  /** Guests' messages by nationality; null where nothing tells. */
  readonly nationalities: readonly { readonly nationality: string | null; readonly messages: number }[];
  /** Guests' messages by the clock at the property; where its time zone is not known they are left out. */
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

/** How messages travelled, by where the booking is from. */
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
  /** Until a person answered; null when nobody has. */
  readonly first_host_response_minutes: number | null;
  /** Whether the guest wrote since a person last did. */
  readonly unanswered: boolean;
}
