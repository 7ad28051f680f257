import type { Channel, DeliveryStatus, Platform } from "../domain/parts.ts";

/** Hostaway's channel numbers (documentation, "Channels"; 2001 is Airbnb's old number). */
const PLATFORM_BY_CHANNEL_ID: ReadonlyMap<number, Platform> = new Map([
  [2000, "direct"],
  [2001, "airbnb"],
  [2002, "vrbo"],
  [2005, "bookingcom"],
  [2007, "expedia"],
  [2009, "vrbo"],
  [2010, "vrbo"],
  [2013, "booking_engine"],
  [2015, "custom_ical"],
  [2016, "tripadvisor"],
  [2017, "wordpress"],
  [2018, "airbnb"],
  [2019, "marriott"],
  [2020, "partner"],
  [2021, "gds"],
  [2022, "google"],
]);

const DELIVERY_STATUS: ReadonlyMap<string, DeliveryStatus> = new Map([
  ["sent", "sent"],
  ["awaiting", "scheduled"],
  ["paused", "paused"],
  ["cancelled_by_user", "cancelled"],
  ["cancelled_by_system", "cancelled"],
  ["failed", "failed"],
]);

const OWN_CHANNELS: ReadonlySet<string> = new Set<Channel>(["email", "sms", "whatsapp"]);

export function toPlatform(channelId: number | null): Platform {
  return (channelId !== null && PLATFORM_BY_CHANNEL_ID.get(channelId)) || "unknown";
}

/**
 * The channel of a message. `channel` means the platform's own messaging, except for direct bookings and the
 * booking engine, which have none but Hostaway's. Old messages lack the type: a channel number then counts as
 * `channel`.
 */
export function toChannel(type: string | null, channelId: number | null, platform: Platform): Channel {
  if (isOwnChannel(type)) return type;
  if (type === "channel" || (type === null && channelId !== null)) {
    return platform === "direct" || platform === "booking_engine" ? "in_app" : "platform";
  }
  return "unknown";
}

function isOwnChannel(type: string | null): type is "email" | "sms" | "whatsapp" {
  return type !== null && OWN_CHANNELS.has(type);
}

export function toDeliveryStatus(status: string | null): DeliveryStatus {
  return (status !== null && DELIVERY_STATUS.get(status)) || "unknown";
}
