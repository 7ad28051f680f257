import type { Contact } from "../../domain/insights.ts";
import { medianOf } from "./scale.ts";

/** How some guests who wrote for the first time were answered. */
export interface Answering {
  readonly guests: number;
  readonly answered: number;
  /** Of those who were answered; null when nobody was. */
  readonly medianMinutes: number | null;
  readonly withinAnHour: number;
  readonly unanswered: number;
}

export function answeringOf(contacts: readonly Contact[]): Answering {
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
