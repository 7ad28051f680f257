import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { isSchedulerAlive, readHeartbeat, writeHeartbeat } from "../../src/schedule/heartbeat.ts";
import { type Heartbeat, keepSchedule, type ScheduleEvents } from "../../src/schedule/keep-schedule.ts";
import { createPlan } from "../../src/schedule/plan.ts";
import { createFakeClock } from "../support/fake-clock.ts";

const at = (text: string) => new Date(`${text}Z`);

/** A scheduler at one o'clock UTC, and a book of what it does. */
function keep(begin: string, given: Partial<ScheduleEvents> = {}, expression = "0 1 * * *") {
  const clock = createFakeClock(`${begin}Z`);
  const stop = new AbortController();
  const runs: string[] = [];
  const told: string[] = [];
  const beats: Heartbeat[] = [];
  const events: ScheduleEvents = {
    lastRun: async () => at("2026-11-20T01:00:00"),
    run: async () => {
      runs.push(clock.now().toISOString().slice(0, 16));
    },
    beat: async (beat) => {
      beats.push(beat);
    },
    onNext: (next, why) => told.push(`${why} ${next.toISOString().slice(0, 16)}`),
    onWaiting: (_, ms) => told.push(`waiting ${ms}`),
    onError: (error) => told.push(String(error)),
    ...given,
  };
  const ended = keepSchedule(createPlan(expression, "UTC"), events, clock, stop.signal);
  return { clock, runs, told, beats, ended, end: () => stop.abort(new Error("enough")) };
}

describe("a schedule", () => {
  test("runs when it is due, night after night, and says when it will", async () => {
    const { clock, runs, told, ended, end } = keep("2026-11-20T12:00:00");

    await clock.moveTo(at("2026-11-23T12:00:00"));
    end();
    await ended;

    expect(runs).toEqual(["2026-11-21T01:00", "2026-11-22T01:00", "2026-11-23T01:00"]);
    expect(told).toEqual([
      "planned 2026-11-21T01:00",
      "planned 2026-11-22T01:00",
      "planned 2026-11-23T01:00",
      "planned 2026-11-24T01:00",
    ]);
  });

  test.each([
    ["nothing ever ran", async () => null],
    ["a night was missed", async () => at("2026-11-18T01:00:00.2")],
  ])("makes up for it at once, and once, when %s", async (_, lastRun) => {
    const { clock, runs, told, ended, end } = keep("2026-11-20T12:00:00", { lastRun });

    await clock.moveTo(at("2026-11-21T12:00:00"));
    end();
    await ended;

    expect(runs).toEqual(["2026-11-20T12:00", "2026-11-21T01:00"]);
    expect(told[0]).toBe("missed 2026-11-20T12:00");
  });

  test("waits for a database that comes up late, and then does what is due", async () => {
    let asked = 0;
    const lastRun = async () => {
      asked += 1;
      if (asked < 4) throw new Error("not yet");
      return at("2026-11-18T01:00:00");
    };
    const { clock, runs, told, ended, end } = keep("2026-11-20T12:00:00", { lastRun });

    await clock.moveTo(at("2026-11-20T12:05:00"));
    end();
    await ended;

    expect(told).toEqual([
      "waiting 1000",
      "waiting 2000",
      "waiting 4000",
      "missed 2026-11-20T12:00",
      "planned 2026-11-21T01:00",
    ]);
    expect(runs).toHaveLength(1);
  });

  test("runs all the same when the database never comes, so that the failure is told, and goes on", async () => {
    const lastRun = () => Promise.reject(new Error("never"));
    const { clock, runs, ended, end } = keep("2026-11-20T12:00:00", { lastRun });

    await clock.moveTo(at("2026-11-21T12:00:00"));
    end();
    await ended;

    expect(runs).toEqual([expect.stringMatching(/^2026-11-20T12:1/), "2026-11-21T01:00"]);
  });

  test("survives a run that throws", async () => {
    let nights = 0;
    const run = async () => {
      nights += 1;
      throw new Error("bad night");
    };
    const { clock, told, ended, end } = keep("2026-11-20T12:00:00", { run });

    await clock.moveTo(at("2026-11-22T12:00:00"));
    end();
    await ended;

    expect(nights).toBe(2);
    expect(told).toContain("Error: bad night");
  });

  test("P12: never overlaps: what falls due during a run is done by it", async () => {
    const clocks: ReturnType<typeof keep>[] = [];
    let under = 0;
    let most = 0;
    const begun: string[] = [];
    const run = async () => {
      const [{ clock } = kept] = clocks;
      begun.push(clock.now().toISOString().slice(11, 16));
      under += 1;
      most = Math.max(most, under);
      await clock.sleep(90 * 60_000);
      under -= 1;
    };
    const kept = keep(
      "2026-11-20T12:30:00",
      { run, lastRun: async () => at("2026-11-20T12:00:00") },
      "0 * * * *",
    );
    clocks.push(kept);

    await kept.clock.moveTo(at("2026-11-20T18:00:00"));
    kept.end();
    await kept.clock.moveTo(at("2026-11-20T20:00:00"));
    await kept.ended;

    expect(most).toBe(1);
    expect(begun).toEqual(["13:00", "15:00", "17:00"]);
  });

  test("a machine that was suspended runs late, and once", async () => {
    const { clock, runs, ended, end } = keep("2026-11-20T12:00:00");
    await clock.moveTo(at("2026-11-20T13:00:00"));

    clock.jumpTo(at("2026-11-23T09:00:00"));
    await clock.moveTo(at("2026-11-23T12:00:00"));
    end();
    await ended;

    expect(runs).toEqual(["2026-11-23T09:00"]);
  });

  test.each(["after a run", "in the middle of one"])(
    "a clock that is put back %s does not run again what ran",
    async (when) => {
      const runs: string[] = [];
      const run = async () => {
        runs.push(kept.clock.now().toISOString().slice(0, 16));
        if (when === "in the middle of one" && runs.length === 1)
          kept.clock.jumpTo(at("2026-11-21T00:50:00"));
      };
      const kept = keep("2026-11-20T23:00:00", { run });
      await kept.clock.moveTo(at(when === "after a run" ? "2026-11-21T01:10:00" : "2026-11-21T00:59:59"));

      if (when === "after a run") kept.clock.jumpTo(at("2026-11-21T00:50:00"));
      await kept.clock.moveTo(at("2026-11-21T12:00:00"));
      kept.end();
      await kept.ended;

      expect(runs).toEqual(["2026-11-21T01:00"]);
    },
  );

  test("ends at once when it is stopped while it waits", async () => {
    const { ended, end, runs, told } = keep("2026-11-20T12:00:00");
    await new Promise(setImmediate);

    end();
    await ended;

    expect(runs).toEqual([]);
    expect(told).toHaveLength(1);
  });

  test("beats every half minute, waiting or running, and says which", async () => {
    const run = () => kept.clock.sleep(10 * 60_000);
    const kept = keep("2026-11-21T00:50:00", { run });

    await kept.clock.moveTo(at("2026-11-21T01:20:00"));
    kept.end();
    await kept.ended;

    const gaps = kept.beats
      .slice(1)
      .map((beat, index) => beat.at.getTime() - (kept.beats[index]?.at.getTime() ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(30_000);
    const running = kept.beats.filter(({ running_since }) => running_since !== null);
    expect(running.length).toBeGreaterThanOrEqual(20);
    expect(running[0]?.next_run).toEqual(at("2026-11-22T01:00:00"));
  });
});

describe("the heartbeat", () => {
  const beat: Heartbeat = {
    at: at("2026-11-20T12:00:00"),
    next_run: at("2026-11-21T01:00:00"),
    running_since: null,
  };

  test("is read as it was written, and leaves nothing beside it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "hostaway-sync-beat-"));
    const file = join(folder, "beat");

    await writeHeartbeat(file, beat);
    await writeHeartbeat(file, beat);

    expect(await readHeartbeat(file)).toEqual(beat);
    expect(readdirSync(folder)).toEqual(["beat"]);
  });

  test("is alive for a minute and a half", () => {
    expect(isSchedulerAlive(beat, at("2026-11-20T12:01:30"))).toBe(true);
    expect(isSchedulerAlive(beat, at("2026-11-20T12:01:31"))).toBe(false);
    expect(isSchedulerAlive(null, at("2026-11-20T12:00:00"))).toBe(false);
  });

  test.each(["", "{", '{"at":"yesterday"}'])("that reads %j is none", async (text) => {
    const file = join(mkdtempSync(join(tmpdir(), "hostaway-sync-beat-")), "beat");
    writeFileSync(file, text);

    expect(await readHeartbeat(file)).toBeNull();
  });
});
