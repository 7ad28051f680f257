import type { Way } from "../../../domain/insights.ts";
import { CHANNELS, type Channel, type Platform } from "../../../domain/parts.ts";
import { formatCount, formatShare } from "../../numbers.ts";
import { countOf, listOf } from "../../phrases.ts";
import { horizontalPlot } from "../axes.ts";
import { CHANNEL_NAMES, PLATFORM_NAMES } from "../display-names.ts";
import type { Figure } from "../figure.ts";
import { sumOf } from "../scale.ts";

const DRAWN_PLATFORMS = 8;

/** Messages by booking platform and channel. */
export function platformsFigure(ways: readonly Way[]): Figure {
  const platforms = totalsOf(ways, ({ platform }) => platform);
  const shown = platforms.slice(0, DRAWN_PLATFORMS);
  const channels = totalsOf(ways, ({ channel }) => channel);
  const used = CHANNELS.filter((channel) => channels.some(([name]) => name === channel));
  const count = (platform: Platform, channel: Channel) =>
    sumOf(ways.filter((way) => way.platform === platform && way.channel === channel).map(messagesOf));
  const sentence = platformsSentence(platforms, channels);
  const hidden = platforms.length - shown.length;
  return {
    title: "Platforms and channels",
    caption: `${sentence}${hidden > 0 ? ` ${countOf(hidden, "smaller platform")} not shown.` : ""}`,
    alternative: `Bar chart of messages by booking platform and channel. ${sentence}`,
    legend: used.map((channel) => ({ color: CHANNEL_COLORS[channel], label: CHANNEL_NAMES[channel] })),
    option: () =>
      horizontalPlot(
        shown.map(([platform]) => PLATFORM_NAMES[platform]),
        used.map((channel) => ({
          type: "bar" as const,
          stack: "ways",
          barMaxWidth: 18,
          itemStyle: { color: CHANNEL_COLORS[channel] },
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

function platformsSentence(platforms: Totals<Platform>, channels: Totals<Channel>): string {
  const all = sumOf(platforms.map(([, messages]) => messages));
  const most = platforms
    .slice(0, 2)
    .map(([platform, messages]) => `${formatShare(messages, all)} ${PLATFORM_NAMES[platform]}`);
  const others = channels.filter(([channel]) => channel !== "platform").map(([, messages]) => messages);
  return `${listOf(most)}. ${formatCount(sumOf(others))} of ${formatCount(all)} messages were sent outside the platforms.`;
}

type Totals<Name> = readonly (readonly [name: Name, messages: number])[];

/** Largest first. */
function totalsOf<Name>(ways: readonly Way[], keyOf: (way: Way) => Name): Totals<Name> {
  const names = [...new Set(ways.map(keyOf))];
  return names
    .map((name) => [name, sumOf(ways.filter((way) => keyOf(way) === name).map(messagesOf))] as const)
    .sort(([, a], [, b]) => b - a);
}

function messagesOf({ messages }: Way): number {
  return messages;
}

const CHANNEL_COLORS: Readonly<Record<Channel, string>> = {
  platform: "var(--series-3)",
  email: "var(--series-1)",
  sms: "var(--series-2)",
  whatsapp: "var(--series-4)",
  in_app: "var(--series-5)",
  unknown: "var(--muted)",
};
