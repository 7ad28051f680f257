import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { endianness } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

/** The kernel's lists of TCP connections, one a line, each with the user who has it (proc_pid_net(5)). */
const TABLES = ["/proc/net/tcp", "/proc/net/tcp6"];
const ESTABLISHED = "01";
const ROOT = 0;
/** The kernel gives the list in pieces: a line may be missed while others come and go. */
const LOOKS = 3;
const PAUSE_MS = 20;

/**
 * Whether a connection from this machine is that of another user. There are no passwords here, and any local
 * user could otherwise read what guests wrote. Access for other machines is the decision of the person who
 * allows it.
 */
export async function isStranger(socket: Socket): Promise<boolean> {
  if (!isLoopback(socket.remoteAddress)) return false;
  for (let look = 1; look <= LOOKS; look += 1) {
    const user = ownerOf(socket);
    if (user !== null) return user !== ROOT && user !== process.getuid?.();
    await sleep(PAUSE_MS);
  }
  return true; // it has gone already: nobody waits for an answer
}

function isLoopback(address: string | undefined): boolean {
  return address === undefined || /^(?:::ffff:)?127\./.test(address) || address === "::1";
}

/** The user at the other end; null when the kernel knows no such connection (any more). */
function ownerOf({
  remoteAddress = "",
  remotePort = 0,
  localAddress = "",
  localPort = 0,
}: Socket): number | null {
  const theirs = `${withoutPrefix(remoteAddress)} ${remotePort}`;
  const ours = `${withoutPrefix(localAddress)} ${localPort}`;
  for (const line of TABLES.flatMap(socketLines)) {
    // sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid …
    const [, local = "", remote = "", state, , , , uid] = line.trim().split(/\s+/);
    // One that is closed belongs to nobody and is listed as root's.
    if (state !== ESTABLISHED) continue;
    if (endpointFromHex(local) === theirs && endpointFromHex(remote) === ours) return Number(uid);
  }
  return null;
}

function socketLines(table: string): string[] {
  try {
    return readFileSync(table, "latin1").split("\n");
  } catch {
    return []; // no IPv6 in this kernel
  }
}

/** Of an address as the kernel lists it, `0100007F:6989`: words of four bytes in the machine's own order. */
function endpointFromHex(listed: string): string {
  const [words = "", port = ""] = listed.split(":");
  const bytes = (words.match(/.{8}/g) ?? []).flatMap((word) => {
    const four = (word.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
    return endianness() === "LE" ? four.reverse() : four;
  });
  const isIPv4 = bytes.length === 4 || bytes.slice(0, 12).join() === MAPPED;
  const address = isIPv4 ? bytes.slice(-4).join(".") : bytes.join(".").replace(LAST_ONLY, "::1");
  return `${address} ${Number.parseInt(port, 16)}`;
}

/** An IPv4 address in an IPv6 one. */
const MAPPED = "0,0,0,0,0,0,0,0,0,0,255,255";
const LAST_ONLY = /^(?:0\.){15}1$/;

function withoutPrefix(address: string): string {
  return address.replace(/^::ffff:/, "");
}
