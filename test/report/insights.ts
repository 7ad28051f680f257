import type { Contact, Insights } from "../../src/domain/insights.ts";

export const NO_MESSAGES: Insights = { months: [], ways: [], nationalities: [], hours: [], contacts: [] };

const month = (year: number, number: number) => new Date(Date.UTC(year, number - 1));

const contact = (at: string, minutes: number | null, more: Partial<Contact> = {}): Contact => ({
  property_id: "20001",
  property_name: "001 Casa Azul",
  first_guest_message_at: new Date(at),
  first_host_response_minutes: minutes,
  unanswered: minutes === null,
  ...more,
});

/** November 2025 to January 2026 of an invented account. */
export const A_WINTER: Insights = {
  months: [
    { month: month(2025, 11), guest: 400, host: 450, automation: 150 },
    { month: month(2025, 12), guest: 0, host: 0, automation: 0 },
    { month: month(2026, 1), guest: 600, host: 200, automation: 200 },
  ],
  ways: [
    { platform: "airbnb", channel: "platform", messages: 1_200 },
    { platform: "direct", channel: "whatsapp", messages: 500 },
    { platform: "direct", channel: "email", messages: 200 },
    { platform: "airbnb", channel: "email", messages: 100 },
  ],
  nationalities: [
    { nationality: "FR", messages: 600 },
    { nationality: null, messages: 250 },
    { nationality: "BA", messages: 100 },
    { nationality: "US", messages: 50 },
  ],
  hours: [
    { weekday: 7, hour: 19, messages: 700 },
    { weekday: 1, hour: 23, messages: 200 },
    { weekday: 3, hour: 6, messages: 47 },
    { weekday: 5, hour: 12, messages: 43 },
  ],
  contacts: [
    contact("2025-11-03T10:00:00Z", 4),
    contact("2025-11-30T23:59:59Z", 10.2),
    contact("2026-01-01T00:00:00Z", 60),
    contact("2026-01-05T10:00:00Z", 61, { unanswered: true }),
    contact("2026-01-06T10:00:00Z", 2_000, {
      property_id: "20002",
      property_name: "000 Garden Flat & Terrace",
    }),
    contact("2026-01-07T10:00:00Z", null, { property_id: "20003", property_name: null }),
    contact("2026-01-08T10:00:00Z", null, { property_id: null, property_name: null }),
  ],
};
