import type { Message } from "../domain/message.ts";
import { inline } from "../domain/printable.ts";
import type { Colors } from "./colors.ts";
import { formatCount } from "./numbers.ts";

const MAX_BAR_WIDTH = 30;
const TEXT_WIDTH = 72;
const SENDER_WIDTH = 40;

/** A bar chart of values and their counts. */
export function renderShares(
  shares: readonly { readonly value: string; readonly messages: number }[],
  colors: Colors,
): string {
  const most = Math.max(1, ...shares.map(({ messages }) => messages));
  const width = Math.max(0, ...shares.map(({ value }) => value.length));
  return shares
    .map(({ value, messages }) => {
      const bar = "█".repeat(Math.max(1, Math.round((messages / most) * MAX_BAR_WIDTH)));
      return `  ${value.padEnd(width)}  ${colors.green(bar)} ${formatCount(messages)}`;
    })
    .join("\n");
}

/** The beginnings of messages in order, grouped by day in the property's time zone. */
export function renderExcerpt(messages: readonly Message[], colors: Colors): string {
  let day = "";
  return messages
    .flatMap((message) => {
      const today = (message.local_timestamp ?? message.timestamp.toISOString()).slice(0, 10);
      const heading = today === day ? [] : [colors.dim(`  ── ${today} ──`)];
      day = today;
      return [...heading, renderMessage(message, colors)];
    })
    .join("\n");
}

/** One message on one line: time, sender, channel and the beginning of its text. */
export function renderMessage(message: Message, colors: Colors): string {
  const { direction, sender, channel, content, local_timestamp, timestamp } = message;
  const time = (local_timestamp ?? timestamp.toISOString()).slice(11, 16);
  const who = inline(sender.name ?? "", SENDER_WIDTH) || sender.type;
  const arrow = direction === "incoming" ? colors.green("→") : colors.yellow("←");
  return `  ${time} ${arrow} ${colors.bold(who)} ${colors.dim(`(${channel})`)} ${inline(content, TEXT_WIDTH)}`;
}
