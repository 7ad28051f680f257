import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/** Installing one takes a minute or two. */
export const BROWSER_SET_UP_MS = 300_000;

/**
 * A real browser without a window; on Debian, as root, it is installed where there is none. Throws when it
 * cannot be had: a page that nobody opened is not tested.
 */
export async function openBrowser(env = process.env): Promise<Browser> {
  return await chromium.launch({
    executablePath: findOrInstallBrowser(env),
    // Root may not use the sandbox, and the page loads nothing.
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
}

function findOrInstallBrowser(env: Readonly<Record<string, string | undefined>>): string {
  try {
    return findBrowser(env);
  } catch (error) {
    const canInstall = process.getuid?.() === 0 && existsSync("/etc/debian_version") && !env["CHROME_PATH"];
    if (!canInstall) throw error;
    const options = { env: { ...env, DEBIAN_FRONTEND: "noninteractive" }, stdio: "ignore" } as const;
    execFileSync("apt-get", ["update"], options);
    execFileSync("apt-get", ["install", "-y", "--no-install-recommends", "chromium"], options);
    return findBrowser(env);
  }
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
