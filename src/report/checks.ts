import { multiline } from "../domain/printable.ts";
import type { Colors } from "./colors.ts";

export interface CheckResult {
  readonly name: string;
  readonly status: "ok" | "warning" | "failed";
  readonly detail: string;
  readonly remedy?: string;
}

export function renderChecks(results: readonly CheckResult[], colors: Colors): string {
  const width = Math.max(...results.map(({ name }) => name.length));
  const mark = { ok: colors.green("✔"), warning: colors.yellow("!"), failed: colors.red("✖") };
  return results
    .flatMap(({ name, status, detail, remedy }) => {
      const indent = " ".repeat(width + 4);
      const line = `${mark[status]} ${name.padEnd(width)}  ${multiline(detail).replaceAll("\n", `\n${indent}`)}`;
      return remedy ? [line, colors.dim(`${indent}${multiline(remedy)}`)] : [line];
    })
    .join("\n");
}
