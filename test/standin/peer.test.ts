import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Gateway, startGateway } from "../../src/standin/gateway.ts";
import { rootFolder } from "../../src/standin/provision.ts";
import { toBson } from "../../src/standin/wire.ts";
import { endAll, hindrance, newFolder, startMongod } from "./started.ts";

/** A gateway that notes who was served; another user is only to be had as root, as the stand-in runs. */
const asked: string[] = [];
const refused: string[] = [];
let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway({
    host: "127.0.0.1",
    port: 0,
    dispatch: async ({ kind }) => {
      asked.push(kind);
      return toBson({ ok: 1 });
    },
    onBadConnection: (reason) => refused.push(reason),
  });
});
afterAll(async () => {
  await gateway.close();
  await endAll();
});

/** `hello` as an OP_MSG. */
function hello(): string {
  const body = Buffer.concat([Buffer.alloc(5), toBson({ hello: 1, $db: "admin" })]);
  const header = Buffer.alloc(16);
  header.writeInt32LE(16 + body.length, 0);
  header.writeInt32LE(1, 4);
  header.writeInt32LE(2_013, 12);
  return Buffer.concat([header, body]).toString("hex");
}

/** Connects, sends one message, and says in a word whether there was an answer. */
const CLIENT = `
  const [port, message, localAddress, localPort] = process.argv.slice(1);
  const socket = require("node:net").connect({ port, host: "127.0.0.1", localAddress, localPort: Number(localPort) });
  const end = (word) => { console.log(word); process.exit(); };
  socket.on("connect", () => socket.write(Buffer.from(message, "hex")));
  socket.on("data", () => end("answered"));
  socket.on("error", () => end("refused"));
  socket.on("end", () => end("refused"));
`;

async function connectAs(user: number, from = "127.0.0.1", fromPort = 0): Promise<string> {
  const id = ["--reuid", String(user), "--regid", String(user), "--clear-groups"];
  const client = [process.execPath, "-e", CLIENT, String(gateway.port), hello(), from, String(fromPort)];
  const { stdout } = await promisify(execFile)("setpriv", [...id, ...client]);
  return stdout.trim();
}

/** The sockets of the stand-ins that run on this machine. */
function postgresSockets(): string[] {
  const root = rootFolder(process.env);
  const places = ["run", "sockets"].map((name) => path.join(root, name)).filter((place) => existsSync(place));
  const args = [...places, "-name", ".s.PGSQL.*", "-type", "s"];
  return execFileSync("find", args, { encoding: "utf8" }).trim().split("\n");
}

const KNOCK = `
  const socket = require("node:net").connect(process.argv[1]);
  socket.on("connect", () => { console.log("connected"); process.exit(); });
  socket.on("error", ({ code }) => console.log(code));
`;

async function knockAs(user: number, socket: string): Promise<string> {
  const id = ["--reuid", String(user), "--regid", String(user), "--clear-groups"];
  const { stdout } = await promisify(execFile)("setpriv", [...id, process.execPath, "-e", KNOCK, socket]);
  return stdout.trim();
}

const isRoot = process.getuid?.() === 0;

test("the user whose database it is, and root, are served", async () => {
  const socket = net.connect(gateway.port, "127.0.0.1");
  await once(socket, "connect");
  socket.destroy();

  if (isRoot) expect(await connectAs(0)).toBe("answered");
});

test("P10: another user of this machine is not served, from whichever of its addresses", async () => {
  if (!isRoot) return;
  const ours = net.connect(gateway.port, "127.0.0.1");
  await once(ours, "connect");
  asked.length = 0;

  expect(await connectAs(65_534)).toBe("refused");
  expect(await connectAs(65_534, "127.0.0.2", ours.localPort)).toBe("refused");
  ours.destroy();

  expect(asked).toEqual([]);
  expect(refused).toContain("another user of this machine was refused");
});

test("P10: a user of this machine with the number of PostgreSQL's own cannot reach its socket", async () => {
  if (hindrance !== null) return;
  const before = postgresSockets();
  await startMongod(newFolder());
  const [socket = ""] = postgresSockets().filter((at) => !before.includes(at));
  const { uid } = statSync(path.join(rootFolder(process.env), "data"));

  expect(await knockAs(0, socket)).toBe("connected");
  expect(await knockAs(uid, socket)).toBe("EACCES");
});
