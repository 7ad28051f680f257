import type { AutomationName } from "../content/phrases.ts";
import type {
  AttachmentFacts,
  AutomationFacts,
  BookingFacts,
  DateQuality,
  ListingFacts,
  Medium,
  MessageFacts,
} from "../facts.ts";
import { chance, digits, hex, integer, pick, type Random, weighted } from "../random.ts";
import type { PlannedMessage } from "./thread-plan.ts";
import { textOf } from "./wording.ts";

const AUTOMATION_RULES: Readonly<Record<AutomationName, AutomationFacts>> = {
  booked: { id: 500_001, ruleId: 1284, event: "reservation", deltaSeconds: 0 },
  checkIn: { id: 500_002, ruleId: 1876, event: "arrival", deltaSeconds: -172_800 },
  midStay: { id: 500_003, ruleId: 1877, event: "arrival", deltaSeconds: 86_400 },
  checkOut: { id: 500_004, ruleId: 1901, event: "departure", deltaSeconds: -86_400 },
  review: { id: 500_005, ruleId: 1902, event: "departure", deltaSeconds: 86_400 },
};

/** Turns a planned slot into a message with words. The same slot always becomes the same message. */
export function writeMessage(
  r: Random,
  id: number,
  slot: PlannedMessage,
  booking: BookingFacts,
  listing: ListingFacts,
): MessageFacts {
  const text = textOf(r, slot.intent, booking, listing);
  const oldShape = chance(r, 0.008);
  const medium = mediumOf(r, slot, booking);
  const images = slot.intent.kind === "photo" || chance(r, 0.015) ? imagesOf(r, id) : NO_IMAGES;
  return {
    id,
    author: slot.author,
    text,
    markup: markupOf(r, slot, medium, text),
    subject: slot.author === "automation" || medium === "email" ? mailSubject(listing) : null,
    medium: oldShape ? undefined : medium,
    channelId: medium === "channel" || chance(r, 0.1) ? booking.channel.id : null,
    status: slot.status,
    at: slot.at,
    insertedAt: slot.insertedAt,
    updatedAt: slot.updatedAt,
    sentChannelAt: slot.sentChannelAt,
    dates: slot.status === "sent" ? dateQuality(r, slot) : "all",
    seen: slot.author === "guest" ? chance(r, 0.6) : chance(r, 0.3),
    source: sourceOf(slot, medium, booking),
    automation: slot.intent.kind === "automation" ? AUTOMATION_RULES[slot.intent.name] : null,
    attachments: oldShape ? [] : images.attachments,
    imageUrls:
      oldShape && images.attachments.length > 0 ? images.attachments.map((one) => one.url) : images.urls,
    zone: listing.messageZone,
    threadMessageId: medium === "channel" ? threadMessageId(r, booking) : null,
    oldShape,
  };
}

function mediumOf(r: Random, slot: PlannedMessage, booking: BookingFacts): Medium {
  if (slot.inApp) return "channel";
  const platform = booking.channel.platform;
  if (platform === "direct" || platform === "booking_engine" || platform === "google")
    return weighted(r, [
      [45, "email"],
      [20, "channel"],
      [22, "whatsapp"],
      [13, "sms"],
    ]);
  return weighted(r, [
    [900, "channel"],
    [80, "email"],
    [14, "whatsapp"],
    [5, "sms"],
    [1, "carrier-pigeon"],
  ]);
}

/** Recorded: HTML in mails and dashboard bodies, plain text with line feeds and emoji on channels. */
function markupOf(r: Random, slot: PlannedMessage, medium: Medium, text: string): "plain" | "html" {
  if (text === "" || slot.inApp) return "plain";
  if (slot.author === "guest") return medium === "email" && chance(r, 0.35) ? "html" : "plain";
  return medium === "email" || chance(r, 0.1) ? "html" : "plain";
}

function mailSubject(listing: ListingFacts): string {
  return `Your stay: ${listing.name}`;
}

/** Rare, but every account that is old enough has some. */
function dateQuality(r: Random, slot: PlannedMessage): DateQuality {
  if (slot.sentChannelAt !== null || !chance(r, 0.004)) return "all";
  return pick(r, ["no_date", "only_updated", "none", "zeros"]);
}

/** `messageSource`, by who wrote it where (recorded: airbnbOfficial, homeaway, Dashboard, pre-generated, Email). */
function sourceOf(slot: PlannedMessage, medium: Medium, booking: BookingFacts): string {
  if (slot.author === "automation") return "pre-generated";
  if (medium === "email" && slot.author === "guest") return "Email";
  return slot.author === "guest" || slot.inApp ? booking.channel.name : "Dashboard";
}

function threadMessageId(r: Random, booking: BookingFacts): string {
  const { platform } = booking.channel;
  return platform === "vrbo" || platform === "bookingcom"
    ? [8, 4, 4, 4, 12].map((length) => hex(r, length)).join("-")
    : digits(r, 11);
}

interface Images {
  readonly attachments: readonly AttachmentFacts[];
  readonly urls: MessageFacts["imageUrls"];
}

const NO_IMAGES: Images = { attachments: [], urls: null };

function imagesOf(r: Random, messageId: number): Images {
  if (chance(r, 0.15)) return { attachments: [], urls: oldLinks(r) };
  const count = chance(r, 0.2) ? 2 : 1;
  return {
    attachments: Array.from({ length: count }, (_, i) => makeAttachment(r, messageId * 4 + i)),
    urls: null,
  };
}

function oldLinks(r: Random): string | readonly string[] {
  const link = () => `https://images.example.com/old/${hex(r, 8)}${pick(r, [".jpg", ".png", ""])}`;
  return chance(r, 0.5) ? link() : [link(), link()];
}

function makeAttachment(r: Random, id: number): AttachmentFacts {
  const [extension, mimeType, isImage] = pick<readonly [string, string, boolean | null]>(r, [
    ["jpg", "image/jpeg", true],
    ["jpeg", "image/jpeg", null],
    ["png", "image/png", true],
    ["pdf", "application/pdf", false],
  ]);
  const name = `${pick(r, ["IMG", "foto", "Scan", "größe"])}_${integer(r, 1000, 9999)}.${extension}`;
  const isPublic = chance(r, 0.6);
  const url = `https://files.example.com/${isPublic ? "public" : "private"}/${hex(r, 12)}/${encodeURIComponent(name)}`;
  return { id, name, extension, mimeType, isImage, isPublic, url };
}
