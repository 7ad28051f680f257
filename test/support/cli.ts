import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const CLI = resolve("dist/cli.js");

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** What came on standard output so far. */
  stdout(): string;
  /** Resolves as soon as standard output holds the text. */
  saying(text: string): Promise<void>;
  readonly finished: Promise<Finished>;
}

/** NODE_V8_COVERAGE: what the commands run in their own processes counts as covered, too. */
function inherited(): Record<string, string> {
  const names = ["PATH", "HOME", "NODE_V8_COVERAGE"];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

/**
 * The built command line as a person starts it, with these variables only, in a folder that is empty but for
 * a `.env` file where one is given.
 */
export function startCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  envFile?: Buffer,
): Running {
  const cwd = mkdtempSync(join(tmpdir(), "hostaway-sync-cli-"));
  if (envFile) writeFileSync(join(cwd, ".env"), envFile);
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd,
    env: { ...inherited(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  const listeners = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    for (const listener of listeners) listener();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const finished = new Promise<Finished>((done) => {
    child.on("close", (code) => done({ code, stdout, stderr }));
  });
  return {
    child,
    stdout: () => stdout,
    saying: (text) =>
      new Promise((found, ended) => {
        const look = () => {
          if (!stdout.includes(text)) return;
          listeners.delete(look);
          found();
        };
        listeners.add(look);
        void finished.then(() => ended(new Error(`ended without saying ${text}: ${stderr}`)));
        look();
      }),
    finished,
  };
}

export function runCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  return startCli(args, env).finished;
}
