import { ItemError } from "../domain/failure.ts";

export interface ThresholdSettings {
  /** So many conversations in a row that fail end the run. */
  readonly maxConsecutive: number;
  /** This share of the last hundred ends it too. */
  readonly maxRate: number;
}

/** Says when going on is pointless: what makes every conversation fail is not the conversations. */
export interface Thresholds {
  /** Takes note of how one went; returns why the run should end, or null. */
  note(error: ItemError | null, progress: string): ItemError | null;
}

const LAST = 100;

export function createThresholds({ maxConsecutive, maxRate }: ThresholdSettings): Thresholds {
  let inARow = 0;
  const last: boolean[] = [];
  return {
    note(error, progress) {
      inARow = error ? inARow + 1 : 0;
      last.push(error !== null);
      if (last.length > LAST) last.shift();
      if (error === null) return null;
      const failed = last.filter((failing) => failing).length;
      const tooMany = inARow >= maxConsecutive ? `${inARow} conversations in a row` : null;
      const tooOften =
        last.length === LAST && failed > LAST * maxRate
          ? `${failed} of the last ${LAST} conversations`
          : null;
      const what = tooMany ?? tooOften;
      if (what === null) return null;
      const why = `stopped ${progress}: ${what} could not be read`;
      return new ItemError(error.type, `${why}, the last because of ${error.message}`, {
        endsRun: true,
        ...(error.httpStatus !== null && { httpStatus: error.httpStatus }),
        ...(error.remedy !== undefined && { remedy: error.remedy }),
      });
    },
  };
}
