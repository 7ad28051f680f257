import { readFile } from "node:fs/promises";
import { Option } from "commander";
import { z } from "zod";
import { ConfigError } from "../config.ts";
import { formatCount } from "../report/numbers.ts";
import {
  checkSimulatorOptions,
  type Simulator,
  type SimulatorSettings,
  startSimulator,
} from "../simulator/simulator.ts";
import { type AddCommand, type Context, EXIT, isInteractive, printJson, printLine } from "./command.ts";

interface SimulateOptions {
  readonly host: string;
  readonly port: number;
  readonly seed: number;
  readonly conversations: number;
  readonly messages?: number;
  readonly listings?: number;
  readonly now?: Date;
  readonly speed: number;
  readonly rateLimit: string;
  readonly window: "sliding" | "fixed";
  readonly latency: number | { readonly min: number; readonly max: number };
  readonly faults?: string;
  readonly json: boolean;
}

export const addSimulate: AddCommand = (program, context, run) => {
  program
    .command("simulate")
    .description(
      "run a local Hostaway with realistic data, limits and faults, for trying and testing without an account",
    )
    .option("--port <number>", "port to listen on; 0 takes any free port", Number, 4010)
    .option("--host <address>", "the address to listen on", "127.0.0.1")
    .option("--seed <number>", "the same seed makes the same account", Number, 1)
    .option("--conversations <number>", "number of conversations", Number, 200)
    .option("--messages <mean>", "average number of messages per conversation", Number)
    .option("--listings <number>", "number of properties", Number)
    .option("--now <time>", "what time it is in the account, ISO 8601", (text) => new Date(text))
    .option(
      "--speed <factor>",
      "simulated seconds per real second; 0: time stands still until it is advanced",
      Number,
      0,
    )
    .addOption(
      new Option(
        "--rate-limit <profile>",
        "current (200/10s), legacy (15/10s), off, or such as 50/1s",
      ).default("current"),
    )
    .addOption(
      new Option("--window <kind>", "how the rate limit counts")
        .choices(["sliding", "fixed"])
        .default("sliding"),
    )
    .option("--latency <ms>", "wait before each answer: 300, or 20-600", parseLatency, 0)
    .option("--faults <file>", "fault rules as JSON: see docs/simulator.md")
    .option("--json", "print the address and the credentials as one line of JSON", false)
    .action((options: SimulateOptions) => run(simulate(options, context)));
};

async function simulate(options: SimulateOptions, context: Context): Promise<number> {
  const settings = await readSettings(options);
  await using simulator = await startOrExplain(settings);
  announce(simulator, options.json || !isInteractive(context), context);
  await new Promise<void>((resolve) => {
    if (context.signal.aborted) resolve();
    context.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  return EXIT.ok;
}

function announce(simulator: Simulator, json: boolean, context: Context): void {
  const { url, accountId, apiKey } = simulator;
  const counts = simulator.oracle.counts();
  if (json) {
    printJson(context, { url, account_id: accountId, api_key: apiKey, ...counts });
    return;
  }
  const amount = (name: keyof typeof counts) => `${formatCount(counts[name])} ${name}`;
  printLine(
    context,
    [
      `A simulated Hostaway listens on ${url}`,
      `  ${[amount("listings"), amount("reservations"), amount("conversations"), amount("messages")].join(", ")}`,
      "",
      "Copy it into MongoDB from another terminal:",
      `  HOSTAWAY_BASE_URL=${url} HOSTAWAY_ACCOUNT_ID=${accountId} HOSTAWAY_API_KEY=${apiKey} npx hostaway-sync sync`,
      "",
      `Let a day go by:  curl -X POST ${new URL("/_simulator/advance", url)} -d '{"hours":24}'`,
      `Everything else:  curl ${new URL("/_simulator", url)}`,
      "Ctrl-C stops it.",
    ].join("\n"),
  );
}

async function readSettings(options: SimulateOptions): Promise<SimulatorSettings> {
  const { faults, messages, latency, rateLimit, json, ...rest } = options;
  try {
    return checkSimulatorOptions({
      ...rest,
      latencyMs: latency,
      rateLimit: readRateLimit(rateLimit),
      ...(messages !== undefined && { messagesPerConversation: { mean: messages } }),
      ...(faults !== undefined && { faults: JSON.parse(await readFile(faults, "utf8")) }),
    });
  } catch (error) {
    if (error instanceof z.ZodError)
      throw new ConfigError(`Some options are not valid:\n${z.prettifyError(error)}`);
    throw new ConfigError(
      `--faults ${faults}: ${error instanceof SyntaxError ? "not JSON" : "cannot be read"}.`,
    );
  }
}

async function startOrExplain(settings: SimulatorSettings): Promise<Simulator> {
  try {
    return await startSimulator(settings);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "EADDRINUSE")
      throw new ConfigError(`Port ${settings.port} is taken. Choose another with --port.`);
    if (code === "EACCES")
      throw new ConfigError(
        `Port ${settings.port} needs administrator rights. Choose one above 1023 with --port.`,
      );
    if (code === "EADDRNOTAVAIL")
      throw new ConfigError(`--host ${settings.host} is not an address of this machine.`);
    throw error;
  }
}

/** A profile by name, or requests per seconds. */
function readRateLimit(text: string): unknown {
  const match = /^(\d+)\/(\d+)s$/.exec(text);
  return match ? { limit: Number(match[1]), windowMs: Number(match[2]) * 1_000 } : text;
}

function parseLatency(text: string): number | { min: number; max: number } {
  const [min = Number.NaN, max] = text.split("-").map(Number);
  return max === undefined ? min : { min, max };
}
