import type { Way } from "../../../domain/insights.ts";
import { CHANNELS, type Channel, type Platform } from "../../../domain/parts.ts";
import { formatCount, formatShare } from "../../numbers.ts";
import { countOf, listOf } from "../../phrases.ts";
import { lyingPlot } from "../axes.ts";
import { CHANNEL_NAMES, PLATFORM_NAMES } from "../display-names.ts";
import type { Figure } from "../figure.ts";
import { sumOf } from "../scale.ts";

const MOST = 8;

/** Where bookings are from, and how their messages travelled. */
export function waysFigure(ways: readonly Way[]): Figure {
  const platforms = totalsOf(ways, ({ platform }) => platform);
  const shown = platforms.slice(0, MOST);
  const channels = totalsOf(ways, ({ channel }) => channel);
  const used = CHANNELS.filter((channel) => channels.some(([name]) => name === channel));
  const count = (platform: Platform, channel: Channel) =>
    sumOf(ways.filter((way) => way.platform === platform && way.channel === channel).map(messagesOf));
  const sentence = sentenceOf(platforms, channels);
  const hidden = platforms.length - shown.length;
  return {
    title: "Platforms and channels",
    caption: `${sentence}${hidden > 0 ? ` ${countOf(hidden, "smaller platform")} not drawn.` : ""}`,
    alternative: `Bar chart of messages by the platform of the booking and how they travelled. ${sentence}`,
    legend: used.map((channel) => ({ color: COLORS[channel], label: CHANNEL_NAMES[channel] })),
    option: () =>
      lyingPlot(
        shown.map(([platform]) => PLATFORM_NAMES[platform]),
        used.map((channel) => ({
          type: "bar" as const,
          stack: "ways",
          barMaxWidth: 18,
          itemStyle: { color: COLORS[channel] },
          data: shown.map(([platform]) => count(platform, channel) || "-"),
        })),
      ),
    tooltip(series, index) {
      const [channel, platform] = [used[series], shown[index]?.[0]];
      if (!channel || !platform) return null;
      return `${PLATFORM_NAMES[platform]}, ${CHANNEL_NAMES[channel]}: ${countOf(count(platform, channel), "message")}`;
    },
  };
}

function sentenceOf(platforms: Totals<Platform>, channels: Totals<Channel>): string {
  const all = sumOf(platforms.map(([, messages]) => messages));
  const most = platforms
    .slice(0, 2)
    .map(([platform, messages]) => `${formatShare(messages, all)} ${PLATFORM_NAMES[platform]}`);
  const others = channels.filter(([channel]) => channel !== "platform").map(([, messages]) => messages);
  return `${listOf(most)}. ${formatCount(sumOf(others))} of ${formatCount(all)} messages travelled outside the platforms.`;
}

type Totals<Name> = readonly (readonly [name: Name, messages: number])[];

/** The most first. */
function totalsOf<Name>(ways: readonly Way[], nameOf: (way: Way) => Name): Totals<Name> {
  const names = [...new Set(ways.map(nameOf))];
  return names
    .map((name) => [name, sumOf(ways.filter((way) => nameOf(way) === name).map(messagesOf))] as const)
    .sort(([, a], [, b]) => b - a);
}

function messagesOf({ messages }: Way): number {
  return messages;
}

const COLORS: Readonly<Record<Channel, string>> = {
  platform: "var(--series-3)",
  email: "var(--series-1)",
  sms: "var(--series-2)",
  whatsapp: "var(--series-4)",
  in_app: "var(--series-5)",
  unknown: "var(--muted)",
};
