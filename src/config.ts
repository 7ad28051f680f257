import { tmpdir } from "node:os";
import { join } from "node:path";
import { validate } from "node-cron";
import { z } from "zod";
import { Secret } from "./domain/secret.ts";
import { isTimeZone } from "./domain/time.ts";

/** A mistake that the user can fix, in a variable or an option. Exit code 2; the message is complete. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

/** "30s", "500ms", "2m": milliseconds. */
const Duration = z
  .string()
  .regex(/^\d{1,7}(ms|s|m)$/, 'expected a duration such as "30s" or "500ms"')
  .transform((text) => Number.parseInt(text, 10) * (UNIT_MS[text.replace(/^\d+/, "")] ?? 1))
  .refine((ms) => ms > 0, "expected more than 0");

export interface RateLimitSetting {
  readonly limit: number;
  readonly windowMs: number;
}

/** Documented since August 2026: 200 per 10 s. `legacy` is the former limit, 15 per 10 s. */
const RateLimitText = z.string().transform((text, context): RateLimitSetting => {
  if (text === "legacy") return { limit: 15, windowMs: 10_000 };
  const match = /^([1-9]\d{0,5})\/([1-9]\d{0,3})s$/.exec(text);
  if (match) return { limit: Number(match[1]), windowMs: Number(match[2]) * 1_000 };
  context.addIssue({
    code: "custom",
    message: 'expected requests per time, such as "180/10s", or "legacy"',
  });
  return z.NEVER;
});

const secret = (schema: z.ZodType<string>) => schema.transform((value) => new Secret(value));
const required = "missing";

const Hostaway = z.object({
  HOSTAWAY_ACCOUNT_ID: z.string({ error: required }).regex(/^\d+$/, "expected digits only"),
  HOSTAWAY_API_KEY: secret(z.string({ error: required })),
  HOSTAWAY_BASE_URL: z
    .url({ protocol: /^https?$/, error: "expected an http(s) URL" })
    .default("https://api.hostaway.com/v1"),
  HOSTAWAY_RATE_LIMIT: RateLimitText.prefault("180/10s"),
  HOSTAWAY_CONCURRENCY: z.coerce
    .number({ error: "expected a number" })
    .int("expected a whole number")
    .min(1, "expected at least 1")
    .max(64, "expected at most 64")
    .default(8),
  HOSTAWAY_TIMEOUT: Duration.prefault("30s"),
});

/** Whether user name and password of a URI are percent-encoded. The message must not show them. */
function isEscaped(uri: string): boolean {
  const rest = uri.replace(/^[a-z+]+:\/\//, "");
  const [authority = ""] = rest.split(/[/?#]/, 1);
  const end = authority.lastIndexOf("@");
  // A host may end with a port: letters after a colon begin a password that a "/" cuts off.
  if (end < 0)
    return !/^[^,[\]]*:(?!\d{1,5}$)/.test(authority) || !rest.slice(authority.length).includes("@");
  const user = authority.slice(0, end);
  return !user.includes("@") && user.split(":").length <= 2 && !/%(?![\da-f]{2})/i.test(user);
}

const Mongo = z.object({
  MONGODB_URI: secret(
    z
      .string()
      .regex(/^mongodb(\+srv)?:\/\/[^/\s]+/, "expected a mongodb:// or mongodb+srv:// URI")
      .refine(
        isEscaped,
        "user name or password contains a special character; percent-encode it: @ as %40, : as %3A, / as %2F, ? as %3F, # as %23, % as %25",
      ),
  ).optional(),
  MONGODB_DATABASE: z
    .string()
    .regex(/^[\w-]{1,63}$/, "expected up to 63 letters, digits, - or _")
    .default("hostaway"),
  DATA_DIR: z.string().default("./data"),
});

const Sync = z.object({
  SYNC_SWEEP_DAYS: z.coerce
    .number({ error: "expected a number" })
    .int("expected a whole number")
    .min(1, "expected at least 1")
    .max(3_650, "expected at most 3650")
    .default(30),
  SYNC_MAX_CONSECUTIVE_FAILURES: z.coerce
    .number({ error: "expected a number" })
    .int("expected a whole number")
    .min(1, "expected at least 1")
    .default(10),
  SYNC_MAX_FAILURE_RATE: z.coerce
    .number({ error: "expected a number" })
    .min(0, "expected at least 0")
    .max(1, "expected at most 1")
    .default(0.15),
  DRY_RUN: z
    .enum(["true", "false", "1", "0"], { error: "expected true or false" })
    .default("false")
    .transform((text) => text === "true" || text === "1"),
});

const Schedule = z.object({
  SYNC_CRON: z
    .string()
    .refine(validate, 'expected a cron expression such as "0 1 * * *" (minute hour day month weekday)')
    .default("0 1 * * *"),
  SYNC_TIMEZONE: z
    .string()
    .refine(isTimeZone, "expected an IANA time zone such as Europe/Berlin")
    .default("UTC"),
  HEARTBEAT_FILE: z.string().default(join(tmpdir(), "hostaway-sync.heartbeat")),
});

const Log = z.object({
  LOG_LEVEL: z
    .enum(["error", "warn", "info", "debug"], { error: "expected error, warn, info or debug" })
    .default("info"),
  LOG_FORMAT: z.enum(["json", "pretty"], { error: "expected json or pretty" }).optional(),
  LOG_DIR: z.string().optional(),
});

const Address = z.string().regex(/^[^\s\p{C}@<>,]+@[^\s\p{C}@<>,]+$/u, "expected an e-mail address");

const Mail = z.object({
  SMTP_URL: secret(z.string().regex(/^smtps?:\/\/[^/\s]+/, "expected an smtp:// or smtps:// URL")).optional(),
  REPORT_FROM: Address.optional(),
  REPORT_TO: z
    .string()
    .transform((text) => text.split(",").map((address) => address.trim()))
    .pipe(z.array(Address).max(50, "expected at most 50 addresses"))
    .optional(),
  REPORT_WHEN: z
    .enum(["problems", "always", "never"], { error: "expected problems, always or never" })
    .default("problems"),
});

const Variables = z.object({
  ...Hostaway.shape,
  ...Mongo.shape,
  ...Sync.shape,
  ...Schedule.shape,
  ...Log.shape,
  ...Mail.shape,
});

export type Environment = Readonly<Record<string, string | undefined>>;

/** The names of all variables that this program reads. */
export const VARIABLES: readonly string[] = Object.keys(Variables.shape);

export type HostawayConfig = ReturnType<typeof toHostawayConfig>;
export type MongoConfig = ReturnType<typeof toMongoConfig>;
export type SyncConfig = ReturnType<typeof toSyncConfig>;
export type ScheduleConfig = ReturnType<typeof toScheduleConfig>;
export type LogConfig = ReturnType<typeof toLogConfig>;
export type MailConfig = NonNullable<ReturnType<typeof toMailConfig>>;

export interface Config {
  readonly hostaway: HostawayConfig;
  readonly mongo: MongoConfig;
  readonly sync: SyncConfig;
  readonly schedule: ScheduleConfig;
  readonly log: LogConfig;
  /** Null when mail is off. */
  readonly mail: MailConfig | null;
}

/** Pure: the caller passes `process.env`, tests pass a plain object. The error lists all invalid variables. */
export function readConfig(env: Environment): Config {
  const values = parseVariables(env);
  return {
    hostaway: toHostawayConfig(values),
    mongo: toMongoConfig(values),
    sync: toSyncConfig(values),
    schedule: toScheduleConfig(values),
    log: toLogConfig(values),
    mail: toMailConfig(values),
  };
}

/** Secrets as the environment holds them, even when the other variables are invalid. */
export function secretsOf(env: Environment): Secret[] {
  return ["HOSTAWAY_API_KEY", "MONGODB_URI", "SMTP_URL"].flatMap((name) => {
    const value = env[name]?.trim();
    return value ? [new Secret(value)] : [];
  });
}

const MAIL_VARIABLES = ["SMTP_URL", "REPORT_FROM", "REPORT_TO"] as const;

/** A mail needs all three; with one of them missing, nobody would hear of the first failed night. */
function missingForMail(env: Environment): string[] {
  const isGiven = (name: string) => Boolean(env[name]?.trim());
  const given = MAIL_VARIABLES.filter(isGiven);
  if (given.length === 0) return [];
  const others = given.join(" and ");
  return MAIL_VARIABLES.filter((name) => !isGiven(name)).map(
    (name) => `  ${name}: missing (required with ${others})`,
  );
}

/** The schedule alone, for commands that need no account. */
export function readScheduleConfig(env: Environment): ScheduleConfig {
  const parsed = Schedule.safeParse(givenOf(Object.keys(Schedule.shape), env));
  if (!parsed.success) throw toConfigError(issueLines(parsed.error));
  return toScheduleConfig(parsed.data);
}

function parseVariables(env: Environment): z.output<typeof Variables> {
  const parsed = Variables.safeParse(givenOf(VARIABLES, env));
  const missing = missingForMail(env);
  if (parsed.success && missing.length === 0) return parsed.data;
  throw toConfigError([...(parsed.error ? issueLines(parsed.error) : []), ...missing]);
}

/** An empty variable is a missing one. */
function givenOf(names: readonly string[], env: Environment): Record<string, string | undefined> {
  return Object.fromEntries(names.map((name) => [name, env[name]?.trim() || undefined]));
}

/** No message quotes the value: each rule above has a message of its own. */
function issueLines({ issues }: z.ZodError): string[] {
  return issues.map((issue) => `  ${String(issue.path[0])}: ${issue.message}`);
}

function toConfigError(lines: readonly string[]): ConfigError {
  return new ConfigError(`Invalid configuration:\n${lines.join("\n")}\nSee .env.example for all variables.`);
}

function toHostawayConfig(values: z.output<typeof Hostaway>) {
  return {
    baseUrl: values.HOSTAWAY_BASE_URL.replace(/\/+$/, ""),
    accountId: values.HOSTAWAY_ACCOUNT_ID,
    apiKey: values.HOSTAWAY_API_KEY,
    rateLimit: values.HOSTAWAY_RATE_LIMIT,
    concurrency: values.HOSTAWAY_CONCURRENCY,
    timeoutMs: values.HOSTAWAY_TIMEOUT,
  } as const;
}

function toMongoConfig(values: z.output<typeof Mongo>) {
  return {
    uri: values.MONGODB_URI ?? null,
    database: values.MONGODB_DATABASE,
    dataDir: values.DATA_DIR,
  } as const;
}

function toSyncConfig(values: z.output<typeof Sync>) {
  return {
    sweepDays: values.SYNC_SWEEP_DAYS,
    dryRun: values.DRY_RUN,
    thresholds: {
      maxConsecutive: values.SYNC_MAX_CONSECUTIVE_FAILURES,
      maxRate: values.SYNC_MAX_FAILURE_RATE,
    },
  } as const;
}

function toScheduleConfig(values: z.output<typeof Schedule>) {
  return {
    cron: values.SYNC_CRON,
    timeZone: values.SYNC_TIMEZONE,
    heartbeatFile: values.HEARTBEAT_FILE,
  } as const;
}

function toLogConfig(values: z.output<typeof Log>) {
  return {
    level: values.LOG_LEVEL,
    format: values.LOG_FORMAT ?? null,
    directory: values.LOG_DIR ?? null,
  } as const;
}

function toMailConfig({ SMTP_URL, REPORT_FROM, REPORT_TO, REPORT_WHEN }: z.output<typeof Mail>) {
  if (!SMTP_URL || !REPORT_FROM || !REPORT_TO || REPORT_WHEN === "never") return null;
  return { smtpUrl: SMTP_URL, from: REPORT_FROM, to: REPORT_TO, when: REPORT_WHEN } as const;
}
