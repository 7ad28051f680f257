import { inline } from "../domain/printable.ts";
import type { Job, JobRefusal, Selection } from "../service/job.ts";

const LONGEST_SHOWN_ID = 100;

/** Why nothing was done, and what to type instead. */
export function explainRefusal(refusal: JobRefusal, job: Job): string {
  const selection = job.kind === "backfill" ? job.selection : null;
  switch (refusal.kind) {
    case "nothing to resume": {
      const instead = selection ? ` To start one, run: ${commandFor(selection)}` : "";
      return `There is nothing to resume: no backfill of this account was interrupted.${instead}`;
    }
    case "another backfill to resume":
      return [
        "The interrupted backfill reads another selection.",
        `To continue it, run: ${commandFor(refusal.interrupted)} --resume`,
        ...(selection ? [`To give it up and start a new one, run: ${commandFor(selection)}`] : []),
      ].join("\n");
    case "no such failures": {
      const ids = refusal.ids.map((id) => inline(id, LONGEST_SHOWN_ID)).join(", ");
      return `--id ${ids}: no open failure has this id, so nothing was tried. It has succeeded since, or is misspelt: ids look like conversation:30001, and \`hostaway-sync failures\` lists them.`;
    }
  }
}

/** The command that begins this backfill. */
function commandFor(selection: Selection): string {
  return ["hostaway-sync backfill", ...optionsFor(selection)].join(" ");
}

function optionsFor(selection: Selection): string[] {
  if (selection.kind === "all") return ["--all"];
  const given =
    selection.kind === "activity"
      ? { "--from": toList(selection.from), "--to": toList(selection.to) }
      : { "--reservation": selection.reservations, "--conversation": selection.conversations };
  return Object.entries(given).flatMap(([option, values]) => (values.length > 0 ? [option, ...values] : []));
}

function toList(day: string | null): string[] {
  return day === null ? [] : [day];
}
