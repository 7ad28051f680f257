import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

const DECLARED =
  /^(?:export )?(?:abstract )?(?:async )?(?:function\*?|const|let|class|interface|type|enum) +([\w$]+)/gm;

test("a name that stands at the top of a file means one thing in the whole program", () => {
  const places = new Map<string, Set<string>>();
  for (const file of readdirSync("src", { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts")) continue;
    for (const [, name = ""] of readFileSync(join("src", file), "utf8").matchAll(DECLARED))
      places.set(name, (places.get(name) ?? new Set()).add(file));
  }
  const ambiguous = [...places].filter(([, files]) => files.size > 1);

  expect(places.size).toBeGreaterThan(2_000);
  expect(ambiguous.map(([name, files]) => `${name}: ${[...files].join(", ")}`)).toEqual([]);
});
