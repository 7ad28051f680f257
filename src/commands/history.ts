import type { AddCommand } from "./command.ts";
import { type SearchOptions, showMessages } from "./search.ts";
import { addPageOptions } from "./search-options.ts";

export const addHistory: AddCommand = (program, context, run) => {
  const history = program
    .command("history")
    .description("show all messages of a booking, across all channels, in order")
    .requiredOption("--reservation <id>", "the booking's id in Hostaway")
    .option("--deleted", "include messages deleted in Hostaway");
  addPageOptions(history).action((options: SearchOptions) => run(showMessages(options, context)));
};
