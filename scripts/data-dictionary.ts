import { writeFileSync } from "node:fs";
import { renderDataDictionary } from "../src/store/data-dictionary.ts";

/** `npm run docs`: writes the pages that are made from the code. */
writeFileSync("docs/data-dictionary.md", renderDataDictionary());
