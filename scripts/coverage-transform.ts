import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Options, transformSync } from "@swc/core";
import { z } from "zod";

export const ROOT = resolve(import.meta.dirname, "..");

const Package = z.object({
  jest: z.object({ transform: z.record(z.string(), z.tuple([z.string(), z.custom<Options>()])) }),
});
const { jest } = Package.parse(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")));
const asTests = jest.transform["\\.ts$"]?.[1];
/** Not in the compiler's types yet. */
const jsc = { ...asTests?.jsc, rewriteRelativeImportExtensions: true };

export interface Transformed {
  readonly source: string;
  /** As JSON. */
  readonly sourceMap: string;
}

/** TypeScript to JavaScript exactly as the test runner does it; imports of `.ts` name what a build would write. */
export function transformed(source: string, filename: string): Transformed {
  const { code, map } = transformSync(source, {
    ...asTests,
    jsc,
    filename,
    swcrc: false,
    sourceMaps: true,
  });
  return { source: code, sourceMap: map ?? "null" };
}
