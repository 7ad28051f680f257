import type { Message } from "../domain/message.ts";
import { inline, inlineAll, multiline } from "../domain/printable.ts";
import type { Colors } from "./colors.ts";
import { charactersIn, widthOf } from "./width.ts";

const INDENT = 8;
const MIN_TEXT_WIDTH = 40;
const FACT_WIDTH = 80;

export interface TimelineOptions {
  readonly colors: Colors;
  /** Columns of the terminal. */
  readonly width: number;
  /** Whether each message names its booking, as in a search over many bookings. */
  readonly withBooking: boolean;
}

/**
 * Messages in the given order, grouped by day in the property's time zone: sender, channel and the whole text.
 */
export function renderTimeline(messages: readonly Message[], options: TimelineOptions): string {
  let day = "";
  return messages
    .map((message) => ({ ...inlineAll(message), content: multiline(message.content) }))
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

const LONG_DAY_FORMAT = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
});

function dayLine(day: string, { colors, width }: TimelineOptions): string {
  const words = `── ${LONG_DAY_FORMAT.format(new Date(day))} `;
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
  const head = `${localTime(message).slice(11, 16)} ${arrow} ${colors.bold(inline(whoOf(message), FACT_WIDTH))} ${colors.dim(`(${facts})`)}`;
  const words = wrap(content, Math.max(MIN_TEXT_WIDTH, width - INDENT));
  const files = attachments.map(({ name }) => colors.dim(`[${inline(name || "attachment", FACT_WIDTH)}]`));
  return [head, ...[...words, ...files].map((line) => `${" ".repeat(INDENT)}${line}`)];
}

function whoOf({ sender, guest }: Message): string {
  if (sender.type === "guest") return sender.name || guest.name || "guest";
  return sender.name || sender.type;
}

function bookingOf({ reservation, conversation_id, guest, property, direction }: Message): string {
  const booking = reservation ? `booking ${reservation.id}` : `conversation ${conversation_id}`;
  const who = direction === "incoming" ? [] : [`to ${guest.name || "a guest"}`];
  return [...who, booking, ...(property.name ? [property.name] : [])]
    .map((fact) => inline(fact, FACT_WIDTH))
    .join(", ");
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
  for (const word of paragraph.split(/(?<= )/).flatMap((one) => piecesOf(one, width))) {
    if (line !== "" && widthOf(line + word.trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = "";
    }
    line += word;
  }
  return [...lines, line.trimEnd()];
}

/** The word, cut into pieces where it is longer than a line. */
function piecesOf(word: string, width: number): string[] {
  if (widthOf(word.trimEnd()) <= width) return [word];
  const pieces: string[] = [];
  let piece = "";
  let used = 0;
  for (const character of charactersIn(word)) {
    const columns = widthOf(character);
    if (used + columns > width) {
      pieces.push(piece);
      piece = "";
      used = 0;
    }
    piece += character;
    used += columns;
  }
  return [...pieces, piece];
}
