import { expect, test } from "@jest/globals";
import { brokenRules, type FileCoverage } from "../scripts/coverage-gate.ts";

const file = (path: string, lines: number, branches: number): FileCoverage => ({
  path,
  lines: { covered: lines, total: 100 },
  branches: { covered: branches, total: 100 },
});
const WELL = [1, 2, 3, 4].map((number) => file(`src/well-${number}.ts`, 99, 99));

test("what is covered well enough breaks no rule", () => {
  expect(brokenRules([...WELL, file("src/edge.ts", 70, 70)], {})).toEqual([]);
});

test("too little of everything breaks one rule for lines and one for branches, and 89.99 is not 90", () => {
  const all = [
    {
      path: "src/a.ts",
      lines: { covered: 8_999, total: 10_000 },
      branches: { covered: 8_000, total: 10_000 },
    },
  ];

  expect(brokenRules(all, {})).toEqual([
    "89.9 % of all lines are covered: 90 % must be.",
    "80.0 % of all branches are covered: 90 % must be.",
  ]);
});

test("a file that is hardly covered needs a reason, and blanks are none", () => {
  const files = [...WELL, file("src/low.ts", 95, 69)];

  expect(brokenRules(files, {})).toEqual([expect.stringMatching(/^src\/low\.ts: .*69\.0 %/)]);
  expect(brokenRules(files, { "src/low.ts": " " })).toHaveLength(1);
  expect(brokenRules(files, { "src/low.ts": "It runs on other machines only." })).toEqual([]);
});

test("a reason goes when its file is covered or gone", () => {
  expect(brokenRules(WELL, { "src/well-1.ts": "Once.", "src/gone.ts": "Once." })).toEqual([
    expect.stringMatching(/^src\/well-1\.ts: .*Remove it/),
    expect.stringMatching(/^src\/gone\.ts: .*Remove it/),
  ]);
});

test("where no process wrote its coverage, the gate does not open", () => {
  expect(brokenRules([], {})).toHaveLength(1);
});
