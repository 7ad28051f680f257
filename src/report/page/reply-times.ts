import type { Contact } from "../../domain/insights.ts";
import { medianOf } from "./scale.ts";

/** First replies to guests who wrote for the first time. */
export interface ReplyTimes {
  readonly guests: number;
  readonly answered: number;
  /** Of the answered guests; null when there are none. */
  readonly medianMinutes: number | null;
  readonly withinAnHour: number;
  readonly unanswered: number;
}

export function replyTimesOf(contacts: readonly Contact[]): ReplyTimes {
  const minutes = contacts
    .map(({ first_host_response_minutes }) => first_host_response_minutes)
    .filter((one) => one !== null);
  return {
    guests: contacts.length,
    answered: minutes.length,
    medianMinutes: minutes.length > 0 ? medianOf(minutes) : null,
    withinAnHour: minutes.filter((one) => one <= 60).length,
    unanswered: contacts.filter(({ unanswered }) => unanswered).length,
  };
}
