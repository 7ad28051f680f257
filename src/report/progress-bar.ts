import { SingleBar } from "cli-progress";
import type { Progress } from "../domain/progress.ts";
import { formatCount } from "./numbers.ts";

export interface ProgressDisplay {
  show(progress: Progress): void;
  close(): void;
}

/** A bar that counts conversations, shown once their number is known; on a terminal only. */
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
        calls: callsLeft === null ? "" : ` · ${formatCount(callsLeft)} API calls left`,
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

/** Removed from the terminal when disposed of. */
export interface CountBar extends Disposable {
  show(count: number, total: number): void;
}

/** A bar for items counted one by one, such as "messages"; it appears with the first count. */
export function createCountBar(stream: NodeJS.WritableStream, what: string): CountBar {
  const format = `  {bar} {value}/{total} ${what} · {eta_formatted} left`;
  const bar = new SingleBar({
    stream,
    format,
    barsize: 28,
    hideCursor: true,
    clearOnComplete: true,
    fps: 10,
  });
  return {
    show(count, total) {
      if (!bar.isActive) bar.start(total, count);
      bar.update(count);
    },
    [Symbol.dispose]: () => bar.stop(),
  };
}

export const noProgress: ProgressDisplay = { show: () => undefined, close: () => undefined };
