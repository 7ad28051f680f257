import type { Message } from "../domain/message.ts";
import type { Colors } from "./colors.ts";

/** Whose words they are, in the margin. */
const MARGIN = 8;
const NARROWEST = 40;

export interface TimelineOptions {
  readonly colors: Colors;
  /** How many columns there are. */
  readonly width: number;
  /** Whether each message says which booking it is about, as in a search over many. */
  readonly withBooking: boolean;
}

/**
 * Messages in the order given, under the days on which they were sent, at the property's time: who, how,
 * and every word of it.
 */
export function renderTimeline(messages: readonly Message[], options: TimelineOptions): string {
  let day = "";
  return messages
    .flatMap((message) => {
      const today = localTime(message).slice(0, 10);
      const heading = today === day ? [] : [dayLine(today, options)];
      day = today;
      return [...heading, ...messageLines(message, options)];
    })
    .join("\n");
}

function localTime({ local_timestamp, timestamp }: Message): string {
  return local_timestamp ?? timestamp.toISOString();
}

const DAY = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
});

function dayLine(day: string, { colors, width }: TimelineOptions): string {
  const words = `── ${DAY.format(new Date(day))} `;
  return colors.dim(words.padEnd(Math.max(words.length, Math.min(width, 80)), "─"));
}

function messageLines(message: Message, { colors, width, withBooking }: TimelineOptions): string[] {
  const { direction, channel, content, delivery_status, attachments } = message;
  const arrow = direction === "incoming" ? colors.green("→") : colors.yellow("←");
  const facts = [
    channel,
    ...(delivery_status === "sent" ? [] : [delivery_status]),
    ...(message.timezone === null ? ["UTC"] : []),
    ...(withBooking ? [bookingOf(message)] : []),
  ].join(", ");
  const head = `${localTime(message).slice(11, 16)} ${arrow} ${colors.bold(printable(whoOf(message)))} ${colors.dim(`(${facts})`)}`;
  const words = wrap(printable(content), Math.max(NARROWEST, width - MARGIN));
  const files = attachments.map(({ name }) => colors.dim(`[${printable(name ?? "attachment")}]`));
  return [head, ...[...words, ...files].map((line) => `${" ".repeat(MARGIN)}${line}`)];
}

function whoOf({ sender, guest }: Message): string {
  if (sender.type === "guest") return sender.name ?? guest.name ?? "guest";
  return sender.name ?? sender.type;
}

function bookingOf({ reservation, conversation_id, guest, property, direction }: Message): string {
  const booking = reservation ? `booking ${reservation.id}` : `conversation ${conversation_id}`;
  const who = direction === "incoming" ? [] : [`to ${guest.name ?? "a guest"}`];
  return [...who, booking, ...(property.name ? [property.name] : [])].map(printable).join(", ");
}

/** What guests write must not move the cursor or change colours. */
function printable(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(/[^\P{C}\n\u200d]/gu, "");
}

/** Breaks lines between words, and words that are longer than a line. */
export function wrap(text: string, width: number): string[] {
  return text
    .trim()
    .split("\n")
    .flatMap((paragraph) => wrapParagraph(paragraph.trimEnd(), width));
}

function wrapParagraph(paragraph: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of paragraph.split(/(?<= )/)) {
    if (line !== "" && lengthOf(line + word.trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = "";
    }
    let rest = word;
    while (lengthOf(rest.trimEnd()) > width) {
      lines.push([...rest].slice(0, width).join(""));
      rest = [...rest].slice(width).join("");
    }
    line += rest;
  }
  return [...lines, line.trimEnd()];
}

function lengthOf(text: string): number {
  return [...text].length;
}
