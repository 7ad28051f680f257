import { execFile } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Gateway, startGateway } from "../../src/standin/gateway.ts";
import { toBson } from "../../src/standin/wire.ts";

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
afterAll(() => gateway.close());

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
