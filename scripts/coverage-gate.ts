export interface Share {
  readonly covered: number;
  readonly total: number;
}

export interface FileCoverage {
  readonly path: string;
  readonly lines: Share;
  readonly branches: Share;
}

/** What must be covered at least: of everything, and of each file without a written reason. Percent. */
export const LEAST = { everything: 90, file: 70 } as const;

/** Percent; what holds nothing to cover is covered. */
export function percentOf({ covered, total }: Share): number {
  return total === 0 ? 100 : (100 * covered) / total;
}

export function sumOf(files: readonly FileCoverage[], kind: "lines" | "branches"): Share {
  return files.reduce<Share>(
    (sum, file) => ({ covered: sum.covered + file[kind].covered, total: sum.total + file[kind].total }),
    { covered: 0, total: 0 },
  );
}

/**
 * One sentence for each rule that the coverage breaks. A reason for a file that is gone or covered is
 * broken, too: reasons are not to outlive what they excuse.
 */
export function brokenRules(
  files: readonly FileCoverage[],
  reasons: Readonly<Record<string, string>>,
): string[] {
  if (files.length === 0) return ["Nothing was covered: no process wrote its coverage."];
  const low = new Set(files.filter(isLow).map(({ path }) => path));
  return [
    ...(["lines", "branches"] as const).flatMap((kind) => {
      const share = percentOf(sumOf(files, kind));
      return share < LEAST.everything
        ? [`${shown(share)} of all ${kind} are covered: ${LEAST.everything} % must be.`]
        : [];
    }),
    ...files
      .filter((file) => isLow(file) && !reasons[file.path]?.trim())
      .map(
        (file) =>
          `${file.path}: ${shown(percentOf(file.lines))} of its lines and ${shown(percentOf(file.branches))} of its branches are covered: ${LEAST.file} % must be. Test it, or write the reason into scripts/coverage-reasons.json.`,
      ),
    ...Object.keys(reasons)
      .filter((path) => !low.has(path))
      .map((path) => `${path}: it needs no reason any more. Remove it from scripts/coverage-reasons.json.`),
  ];
}

function isLow({ lines, branches }: FileCoverage): boolean {
  return percentOf(lines) < LEAST.file || percentOf(branches) < LEAST.file;
}

/** Rounded down, so that 89.99 is not shown as the 90 that it misses. */
export function shown(percent: number): string {
  return `${(Math.floor(percent * 10) / 10).toFixed(1)} %`;
}
