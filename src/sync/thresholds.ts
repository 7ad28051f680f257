import { ItemError } from "../domain/failure.ts";

export interface ThresholdSettings {
  /** This number of failed conversations in a row ends the run. */
  readonly maxConsecutive: number;
  /** This share of failures among the last hundred ends it as well. */
  readonly maxRate: number;
}

/** Decides when going on is pointless: when every conversation fails, the cause lies elsewhere. */
export interface Thresholds {
  /** Counts one outcome; returns the error that should end the run, or null. */
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
