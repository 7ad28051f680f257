import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/** A real browser without a window. Throws when there is none: a page that nobody opened is not tested. */
export async function openBrowser(env = process.env): Promise<Browser> {
  return await chromium.launch({
    executablePath: findBrowser(env),
    // Root may not use the sandbox, and the page loads nothing.
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
}

export function findBrowser(env: Readonly<Record<string, string | undefined>>): string {
  const folders = (env["PATH"] ?? "").split(delimiter).filter(Boolean);
  const candidates = env["CHROME_PATH"]
    ? [env["CHROME_PATH"]]
    : folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const found = candidates.find(isExecutable);
  if (found) return found;
  throw new Error(
    `This test opens a page in Chromium or Chrome, and there is none ${env["CHROME_PATH"] ? `at CHROME_PATH (${env["CHROME_PATH"]})` : "on the PATH"}. Install one (Debian, Ubuntu: apt-get install chromium), or set CHROME_PATH to it.`,
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
