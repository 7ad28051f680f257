import { Writable } from "node:stream";
import { systemClock } from "../../src/clock.ts";
import { main } from "../../src/main.ts";

export interface Shown {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Watched {
  readonly stream: NodeJS.WriteStream;
  text(): string;
}

/** A stream that says whether it is a terminal, and keeps every byte. */
function watch(isTerminal: boolean): Watched {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, written) {
      chunks.push(chunk);
      written();
    },
  });
  const moves = ["cursorTo", "moveCursor", "clearLine", "clearScreenDown"];
  const terminal = Object.assign(stream, {
    ...(isTerminal && { isTTY: true }),
    columns: 100,
    rows: 40,
    ...Object.fromEntries(moves.map((name) => [name, () => true])),
  });
  return {
    stream: terminal as unknown as NodeJS.WriteStream,
    text: () => Buffer.concat(chunks).toString("utf8"),
  };
}

/** A command run in this process, on a terminal or piped, and every byte that it wrote. */
export async function runShown(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  isTerminal: boolean,
): Promise<Shown> {
  const [out, err] = [watch(isTerminal), watch(isTerminal)];
  const code = await main(args, {
    env,
    clock: systemClock,
    stdout: out.stream,
    stderr: err.stream,
    signal: new AbortController().signal,
  });
  return { code, stdout: out.text(), stderr: err.text() };
}
