import { Criteria, checked } from "../query/criteria.ts";
import type { AddCommand } from "./command.ts";
import { addPageOptions, show } from "./search.ts";

interface HistoryOptions {
  readonly reservation: string;
  readonly deleted?: boolean;
  readonly limit: number;
  readonly after?: string;
  readonly newest: boolean;
  readonly count: boolean;
  readonly json: boolean;
}

export const add: AddCommand = (program, context, run) => {
  const history = program
    .command("history")
    .description("everything that was said about a booking, across all channels, in order")
    .requiredOption("--reservation <id>", "the booking's id in Hostaway")
    .option("--deleted", "also what is gone from Hostaway");
  addPageOptions(history).action(({ reservation, deleted, ...page }: HistoryOptions) => {
    const criteria = checked(Criteria, { reservation, ...(deleted !== undefined && { deleted }) });
    return run(show({ ...page, criteria, ofOneBooking: true }, context));
  });
};
