import { type Command, InvalidArgumentError, Option } from "commander";
import { CHANNELS, DIRECTIONS, PLATFORMS, SENDER_TYPES } from "../domain/parts.ts";
import { DEFAULT_PAGE_SIZE } from "../query/criteria.ts";
import { type ParsedCriteria, parseCriteria } from "../query/parse-criteria.ts";
import { SearchError } from "../query/search-error.ts";

/** Criteria and page as the command line gives them. */
export type CriteriaOptions = Readonly<Record<string, string | readonly string[] | boolean | undefined>>;

/** The filters of `search` and `export`. */
export function addCriteriaOptions(command: Command): Command {
  return command
    .option("--reservation <id>", "messages of this booking")
    .option("--conversation <id>", "messages of this conversation")
    .option("--property <id>", "messages about this property")
    .option("--guest <name>", "part of the guest's name: beginnings of words, in any order")
    .option("--text <words>", 'words of the message; "in quotes" as a phrase; -word to exclude it')
    .option("--from <date>", "from this day on (UTC, YYYY-MM-DD), or this moment (ISO 8601)", valid("from"))
    .option("--to <date>", "up to the end of this day, or before this moment", valid("to"))
    .addOption(new Option("--channel <channel...>", "how the message was sent").choices(CHANNELS))
    .addOption(new Option("--platform <platform...>", "where the booking is from").choices(PLATFORMS))
    .addOption(new Option("--direction <direction>", "from the guest or to the guest").choices(DIRECTIONS))
    .addOption(new Option("--sender <type...>", "who wrote the message").choices(SENDER_TYPES))
    .option("--deleted", "include messages deleted in Hostaway");
}

/** The options of `search` and `history`. */
export function addPageOptions(command: Command): Command {
  return command
    .option("--limit <number>", `maximum number of messages (default: ${DEFAULT_PAGE_SIZE})`, valid("limit"))
    .option("--after <token>", "show the page after this page token")
    .option("--newest", "show the newest messages first", false)
    .option("--count", "print only the number of messages", false)
    .option("--json", "print each message as one line of JSON", false);
}

/** Throws `SearchError`. */
export function parseOptions(options: CriteriaOptions): ParsedCriteria {
  const texts = Object.entries(options).map(([name, value]) => [
    name,
    typeof value === "boolean" ? String(value) : value,
  ]);
  return parseCriteria(Object.fromEntries(texts));
}

/** Checks an option as it is read, so that the error quotes it. */
function valid(field: string): (text: string) => string {
  return (text) => {
    try {
      parseCriteria({ [field]: text });
      return text;
    } catch (error) {
      if (!(error instanceof SearchError)) throw error;
      const [first = "", ...rest] = error.problem;
      throw new InvalidArgumentError(`${first.toUpperCase()}${rest.join("")}.`);
    }
  };
}
