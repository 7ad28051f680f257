import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

/** Turns of phrase that a reader has to decode; a noun or the field's term says the same at once. */
const IDIOMS: readonly RegExp[] = [
  /\bso many\b/gi,
  /\bby (?:itself|themselves)\b/gi,
  /\bname an? /gi,
  /\bwhoever\b/gi,
  /\bwhat (?:came|is gone|failed)\b/gi,
  /\b(?:those|one) that\b/gi,
  /\bto mend\b/gi,
  /\bgo(?:es)? with\b/gi,
  /\bsettl(?:e|es|ed|ing)\b/gi,
  /(?<=^|[.!?] )What [^?.]*[.;:]/g,
];

/** In the comments of src, per 1,000 words. */
const MOST_IDIOMS = 1;

const SOURCES = filesIn("src", ".ts");

const PAGES = [
  "README.md",
  "src/standin/README.md",
  ".env.example",
  "crontab",
  "compose.yaml",
  ...filesIn("docs", ".md").filter((file) => !file.includes("decisions")),
];

test(`comments hold at most ${MOST_IDIOMS} idiom per 1,000 words`, () => {
  const comments = SOURCES.flatMap((file) =>
    commentsIn(readFileSync(file, "utf8")).map((text) => ({ file, text })),
  );
  const words = comments.reduce((sum, { text }) => sum + text.split(" ").length, 0);
  const idioms = comments.flatMap(idiomsIn);

  expect(idioms.length > (words * MOST_IDIOMS) / 1_000 ? idioms : []).toEqual([]);
});

test("texts that the program prints hold none", () => {
  const printed = SOURCES.filter((file) => !file.startsWith("src/simulator/content")).flatMap((file) =>
    stringsIn(readFileSync(file, "utf8")).map((text) => ({ file, text })),
  );

  expect(printed.flatMap(idiomsIn)).toEqual([]);
});

test.each(PAGES)("%s holds none", (file) => {
  const paragraphs = readFileSync(file, "utf8")
    .replace(/^```.*?^```/gms, "")
    .split(/\n\s*\n|\n(?=[#|-])/)
    .map((text) => ({ file, text: text.replace(/\s*\n#? ?/g, " ").trim() }));

  expect(paragraphs.flatMap(idiomsIn)).toEqual([]);
});

function filesIn(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(ending))
    .map((file) => join(folder, file))
    .sort();
}

/** Block and line comments without their signs, each on one line. */
function commentsIn(source: string): string[] {
  const comments = source.matchAll(/\/\*([\s\S]*?)\*\/|(?:^|\s)\/\/ (.*)$/gm);
  return Array.from(comments, ([, block, line]) =>
    (block ?? line ?? "")
      .replace(/^\s*\*+ ?/gm, "")
      .replace(/\s+/g, " ")
      .trim(),
  );
}

/** String and template literals of more than one word. */
function stringsIn(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/ .*$/gm, "");
  return Array.from(code.matchAll(/"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g), ([, plain, template]) =>
    (plain ?? template ?? "").replace(/\$\{[^}]*\}/g, "…").replace(/\s+/g, " "),
  ).filter((text) => text.includes(" "));
}

/** Each idiom with its surroundings, and the file it stands in. */
function idiomsIn({ file, text }: { file: string; text: string }): string[] {
  return IDIOMS.flatMap((idiom) =>
    Array.from(
      text.matchAll(idiom),
      ({ index }) => `${file}: ${text.slice(Math.max(0, index - 30), index + 50)}`,
    ),
  );
}
