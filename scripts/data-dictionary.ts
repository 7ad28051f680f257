import { writeFileSync } from "node:fs";
import { renderDataDictionary } from "../src/load/data-dictionary.ts";

/** `npm run docs`: writes the pages that are made from the code. */
writeFileSync("docs/data-dictionary.md", renderDataDictionary());
