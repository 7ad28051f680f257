import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import type { StoredMessage } from "../../src/domain/message.ts";
import { EXPORT_FORMATS, OutputClosedError, writeExport } from "../../src/export/write-export.ts";
import { fileOf, memory, messageSaying, pagesOf, storedMessage } from "./messages.ts";

const running = new AbortController().signal;
/** More than a pipe holds. */
const BIG = messageSaying("x".repeat(200_000));

/** Pages without end that know how many were asked for, and whether somebody still holds them open. */
function endless(page: readonly StoredMessage[] = [BIG]) {
  const told = { asked: 0, open: false };
  async function* pages(): AsyncGenerator<readonly StoredMessage[]> {
    told.open = true;
    try {
      for (;;) {
        told.asked += 1;
        yield page;
      }
    } finally {
      told.open = false;
    }
  }
  return { told, pages: pages() };
}

describe.each(EXPORT_FORMATS)("%s", (format) => {
  test("counts what it writes, tells it page by page, and ends the output", async () => {
    const { output } = memory();
    const told: number[] = [];
    const pages = pagesOf([storedMessage(), storedMessage()], [], [storedMessage()]);

    const exported = await writeExport(format, pages, output, {
      signal: running,
      onProgress: (rows) => told.push(rows),
    });

    expect(exported).toEqual({ rows: 3, inexact: 0 });
    expect(told).toEqual([2, 2, 3]);
    expect(output.writableFinished).toBe(true);
  });

  test("is the same file however the messages come in pages", async () => {
    const { output, bytes } = memory();

    await writeExport(format, pagesOf([storedMessage()], [], [BIG, BIG]), output, { signal: running });

    expect(bytes().equals(await fileOf(format, [storedMessage(), BIG, BIG]))).toBe(true);
  });

  test("is on the disk when it is done", async () => {
    const folder = await mkdtemp(join(tmpdir(), "export-"));
    const output = createWriteStream(join(folder, "file"), { flush: true });

    await writeExport(format, pagesOf([storedMessage(), BIG]), output, { signal: running });

    expect(output.closed).toBe(true);
    expect((await readFile(join(folder, "file"))).equals(await fileOf(format, [storedMessage(), BIG]))).toBe(
      true,
    );
    await rm(folder, { recursive: true });
  });

  test("an output that takes nothing is waited for", async () => {
    const { told, pages } = endless();
    const stop = new AbortController();
    const stuck = new Writable({ write: () => {} });

    const writing = writeExport(format, pages, stuck, { signal: stop.signal });
    for (let turn = 0; turn < 1_000; turn += 1) await setImmediate();

    expect(told.asked).toBeLessThan(50);
    stop.abort(new Error("enough"));
    await expect(writing).rejects.toThrow("enough");
  });

  test("a signal ends it: the output is destroyed, unfinished, and the messages are let go", async () => {
    const { told, pages } = endless();
    const stop = new AbortController();
    const reason = new Error("received SIGTERM");
    const output = new PassThrough().resume();

    const writing = writeExport(format, pages, output, {
      signal: stop.signal,
      onProgress: (rows) => rows === 30 && stop.abort(reason),
    });

    await expect(writing).rejects.toBe(reason);
    expect(output).toMatchObject({ destroyed: true, writableFinished: false });
    expect(told.open).toBe(false);
    expect(told.asked).toBeLessThan(40);
  });

  test("a signal is heard though neither the messages nor the output ever wait", async () => {
    const { told, pages } = endless([storedMessage()]);
    const { output } = memory();
    const writing = writeExport(format, pages, output, { signal: AbortSignal.timeout(50) });

    await expect(writing).rejects.toThrow("timeout");

    expect(told.open).toBe(false);
  });

  test("a signal given before ends it before anything is written", async () => {
    const { output, bytes } = memory();
    const { told, pages } = endless();

    const writing = writeExport(format, pages, output, { signal: AbortSignal.abort(new Error("no")) });

    await expect(writing).rejects.toThrow("no");
    expect(output.destroyed).toBe(true);
    expect({ bytes: bytes().length, asked: told.asked }).toEqual({ bytes: 0, asked: 0 });
  });

  test("messages that end in an error leave no file that looks whole", async () => {
    const { output } = memory();
    const lost = new Error("the database is gone");
    async function* pages() {
      yield [storedMessage()];
      throw lost;
    }

    await expect(writeExport(format, pages(), output, { signal: running })).rejects.toBe(lost);

    expect(output).toMatchObject({ destroyed: true, writableFinished: false });
  });

  test("an output that fails is named, and the messages are let go", async () => {
    const { told, pages } = endless();
    const full = Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    const output = new Writable({ write: (_chunk, _encoding, done) => done(full) });

    await expect(writeExport(format, pages, output, { signal: running })).rejects.toBe(full);

    expect(told.open).toBe(false);
  });

  test("a reader that has had enough, as head does, ends it", async () => {
    const { told, pages } = endless();
    const head = spawn("head", ["-c", "10"], { stdio: ["pipe", "ignore", "inherit"] });

    await expect(writeExport(format, pages, head.stdin, { signal: running })).rejects.toThrow(
      OutputClosedError,
    );

    expect(told.open).toBe(false);
    if (head.exitCode === null) await once(head, "exit");
  });

  test("an output that is closed from the start is told so", async () => {
    const { told, pages } = endless();
    const output = new PassThrough();
    output.destroy();

    await expect(writeExport(format, pages, output, { signal: running })).rejects.toThrow(OutputClosedError);

    expect(told.asked).toBeLessThan(40);
  });
});

test("texts that had to be cut for a spreadsheet are counted, and are whole elsewhere", async () => {
  const inexact = async (format: "csv" | "jsonl" | "parquet") =>
    (await writeExport(format, pagesOf([BIG, storedMessage(), BIG]), memory().output, { signal: running }))
      .inexact;

  expect([await inexact("csv"), await inexact("jsonl"), await inexact("parquet")]).toEqual([2, 0, 0]);
});
