import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";
import { renderDataDictionary } from "../src/store/data-dictionary.ts";

const pages = [
  "README.md",
  "CHANGELOG.md",
  "src/standin/README.md",
  ...readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => join("docs", file)),
];

test("the data dictionary says what the schemas say (npm run docs)", () => {
  expect(readFileSync("docs/data-dictionary.md", "utf8")).toBe(renderDataDictionary());
});

test("every field has a meaning in the data dictionary", () => {
  const silent = renderDataDictionary()
    .split("\n")
    .filter((line) => line.startsWith("| `") && line.endsWith("|  |"));

  expect(silent).toEqual([]);
});

test.each(pages)("%s links to pages that exist", (page) => {
  const links = [...readFileSync(page, "utf8").matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

  expect(links.filter((target) => !existsSync(join(dirname(page), target)))).toEqual([]);
});
