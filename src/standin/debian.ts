import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** The properties of a machine that the stand-in depends on. A plain value, so that tests can make one up. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  /** `ID` of /etc/os-release, such as "debian". */
  readonly distribution: string | null;
  readonly isRoot: boolean;
  /** Mounting in a namespace of one's own: root inside a container may be forbidden to. */
  readonly mayMount: boolean;
  readonly missingTools: readonly string[];
}

const TOOLS = ["flock", "unshare", "chroot", "setpriv", "mount", "apt-get"];

export function readMachine(env: NodeJS.ProcessEnv = process.env): Machine {
  const isRoot = process.getuid?.() === 0;
  const missingTools = TOOLS.filter((tool) => !isOnPath(tool, env));
  return {
    platform: process.platform,
    distribution: osRelease("ID"),
    isRoot,
    mayMount: isRoot && missingTools.length === 0 && succeeds("unshare", ["--mount", "true"], env),
    missingTools,
  };
}

/** Why the stand-in cannot run on this machine, or null when it can. */
export function obstacle(machine: Machine): string | null {
  if (machine.platform !== "linux" || machine.distribution !== "debian") return "this machine is not Debian";
  if (!machine.isRoot) return "it needs root, and this process is not root";
  if (machine.missingTools.length > 0) return `these tools are missing: ${machine.missingTools.join(", ")}`;
  if (!machine.mayMount) return "this container may not mount (it lacks CAP_SYS_ADMIN)";
  return null;
}

export function isOnPath(tool: string, env: NodeJS.ProcessEnv): boolean {
  return findOnPath(tool, env) !== null;
}

export function findOnPath(tool: string, env: NodeJS.ProcessEnv): string | null {
  const folders = (env["PATH"] ?? "").split(path.delimiter).filter((folder) => folder !== "");
  const name = process.platform === "win32" ? `${tool}.exe` : tool;
  return folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file)) ?? null;
}

function succeeds(command: string, args: string[], env: NodeJS.ProcessEnv): boolean {
  try {
    execFileSync(command, args, { stdio: "ignore", timeout: 10_000, env });
    return true;
  } catch {
    return false;
  }
}

function osRelease(key: string): string | null {
  const match = readText("/etc/os-release").match(new RegExp(`^${key}="?([^"\n]*)"?$`, "m"));
  return match?.[1] ?? null;
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** The Debian mirror that this machine's own apt uses, or null. */
export function debianMirror(aptDir = "/etc/apt"): string | null {
  const parts = listFolder(path.join(aptDir, "sources.list.d"));
  const files = [path.join(aptDir, "sources.list"), ...parts];
  const uris = files.flatMap((file) =>
    file.endsWith(".sources") ? deb822Uris(readText(file)) : oneLineUris(readText(file)),
  );
  const usable = uris.map(followMirrorList).filter((uri) => /^https?:/.test(uri));
  const isDebian = (uri: string) => new URL(uri).pathname.replace(/\/+$/, "").endsWith("/debian");
  return usable.find(isDebian) ?? usable[0] ?? null;
}

function listFolder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /\.(sources|list)$/.test(name));
  return names.sort().map((name) => path.join(folder, name));
}

/** `deb [options] URI suite components…` */
export function oneLineUris(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    const match = line.match(/^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.*)$/);
    const [, uri = "", suite = "", components = ""] = match ?? [];
    return isMainArchive(suite.split(" "), components) ? [uri] : [];
  });
}

/** Paragraphs of `Key: value`, separated by empty lines. */
export function deb822Uris(text: string): string[] {
  const withoutComments = text.replace(/^#.*\n?/gm, "");
  return withoutComments.split(/\n\s*\n/).flatMap((paragraph) => {
    const field = (key: string) =>
      paragraph.match(new RegExp(`^${key}:[ \t]*(.*)$`, "im"))?.[1]?.trim() ?? "";
    if (/^no$/i.test(field("Enabled")) || !/\bdeb\b/.test(field("Types"))) return [];
    return isMainArchive(field("Suites").split(/\s+/), field("Components"))
      ? field("URIs").split(/\s+/).slice(0, 1)
      : [];
  });
}

/** A plain suite name with `main`: neither security updates nor somebody else's repository. */
function isMainArchive(suites: readonly string[], components: string): boolean {
  return /\bmain\b/.test(components) && suites.some((suite) => /^[a-z]+$/.test(suite));
}

/** `mirror+file:/etc/apt/mirrors/debian.list` names a file that lists mirrors. */
function followMirrorList(uri: string): string {
  if (!uri.startsWith("mirror+file:")) return uri;
  return readText(uri.slice("mirror+file:".length)).match(/^\s*(https?:\S+)/m)?.[1] ?? uri;
}
