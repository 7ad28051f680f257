import { SingleBar } from "cli-progress";
import type { Progress } from "../pipeline/run.ts";
import { formatCount } from "./numbers.ts";

export interface ProgressDisplay {
  show(progress: Progress): void;
  close(): void;
}

/** A bar that counts conversations, once it is known how many there are; on a terminal only. */
export function createProgressBar(stream: NodeJS.WritableStream): ProgressDisplay {
  const bar = new SingleBar({
    stream,
    format:
      "  {bar} {value}/{total} conversations · {messages} messages{failed} · {rate}/s · {eta_formatted} left{calls}",
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 28,
    hideCursor: true,
    clearOnComplete: true,
    fps: 10,
    etaBuffer: 50,
  });
  let running = false;
  let from = 0;
  return {
    show({ conversations, conversationsTotal, messages, failed, callsLeft }) {
      if (conversationsTotal === null) return;
      const details = {
        messages: formatCount(messages),
        failed: failed > 0 ? ` · ${formatCount(failed)} failed` : "",
        rate: (conversations / Math.max(1, (performance.now() - from) / 1_000)).toFixed(0),
        calls: callsLeft === null ? "" : ` · ${formatCount(callsLeft)} calls`,
      };
      if (!running) from = performance.now();
      if (!running) bar.start(conversationsTotal, conversations, details);
      running = true;
      bar.setTotal(Math.max(conversationsTotal, conversations));
      bar.update(conversations, details);
    },
    close() {
      if (running) bar.stop();
      running = false;
    },
  };
}

export interface CountBar {
  show(count: number): void;
  close(): void;
}

/** A bar for messages that are written somewhere. */
export function createCountBar(stream: NodeJS.WritableStream, total: number): CountBar {
  const format = "  {bar} {value}/{total} messages · {eta_formatted} left";
  const bar = new SingleBar({
    stream,
    format,
    barsize: 28,
    hideCursor: true,
    clearOnComplete: true,
    fps: 10,
  });
  bar.start(total, 0);
  return { show: (count) => bar.update(count), close: () => bar.stop() };
}

export const noProgress: ProgressDisplay = { show: () => undefined, close: () => undefined };
