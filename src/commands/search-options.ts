import { type Command, InvalidArgumentError, Option } from "commander";
import { CHANNELS, DIRECTIONS, PLATFORMS, SENDER_TYPES } from "../domain/parts.ts";
import { DAY_MS } from "../domain/time.ts";
import { Criteria, checked } from "../query/criteria.ts";

export interface SearchOptions {
  readonly reservation?: string;
  readonly conversation?: string;
  readonly property?: string;
  readonly guest?: string;
  readonly text?: string;
  readonly from?: Date;
  readonly to?: Date;
  readonly channel?: readonly string[];
  readonly platform?: readonly string[];
  readonly direction?: string;
  readonly sender?: readonly string[];
  readonly deleted?: boolean;
}

/** The filters that search and export have in common. */
export function addSearchOptions(command: Command): Command {
  return command
    .option("--reservation <id>", "messages of this booking")
    .option("--conversation <id>", "messages of this conversation")
    .option("--property <id>", "messages about this property")
    .option("--guest <name>", "part of the guest's name: beginnings of words, in any order")
    .option("--text <words>", 'words that are in it; "in quotes" next to each other; -not in it')
    .option("--from <date>", "from this day on (UTC, YYYY-MM-DD), or this moment (ISO 8601)", toBegin)
    .option("--to <date>", "up to the end of this day, or before this moment", toEnd)
    .addOption(new Option("--channel <channel...>", "how it travelled").choices(CHANNELS))
    .addOption(new Option("--platform <platform...>", "where the booking is from").choices(PLATFORMS))
    .addOption(new Option("--direction <direction>", "from the guest or to the guest").choices(DIRECTIONS))
    .addOption(new Option("--sender <type...>", "who wrote it").choices(SENDER_TYPES))
    .option("--deleted", "also what is gone from Hostaway");
}

/** Throws `SearchError` for the first that does not fit. */
export function criteriaOf(options: SearchOptions): Criteria {
  const { channel: channels, platform: platforms, sender: senders, ...others } = options;
  const given = { ...others, channels, platforms, senders };
  return checked(
    Criteria,
    Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  );
}

const DAY = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

function toBegin(text: string): Date {
  return toMoment(text);
}

function toEnd(text: string): Date {
  const moment = toMoment(text);
  return DAY.test(text) ? new Date(moment.getTime() + DAY_MS) : moment;
}

function toMoment(text: string): Date {
  const moment = new Date(text);
  const exists =
    !Number.isNaN(moment.getTime()) && (!DAY.test(text) || moment.toISOString().startsWith(text));
  if ((DAY.test(text) || MOMENT.test(text)) && exists) return moment;
  throw new InvalidArgumentError("Expected a day such as 2026-03-31, or a moment such as 2026-03-31T18:00Z.");
}
