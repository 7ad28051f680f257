import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { Worker } from "node:worker_threads";

/** A server on this machine, gone with all its connections when disposed of. */
export interface RawServer extends AsyncDisposable {
  /** Where it listens: "127.0.0.1:40123". */
  readonly address: string;
}

/** Whatever a server may do with a request: answer it, answer half of it, or hang up. */
export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void;

export async function startHttpServer(handle: HttpHandler): Promise<RawServer> {
  const server = createServer((request, response) => {
    request.resume();
    response.on("error", () => undefined);
    handle(request, response);
  });
  return await listening(server);
}

/** Each connection is the handler's, byte by byte. */
export async function startTcpServer(handle: (socket: Socket) => void): Promise<RawServer> {
  return await listening(createTcpServer(handle));
}

async function listening(server: Server): Promise<RawServer> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined); // the client hung up
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: addressOf(server),
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** An address at which nobody listens: a server had it, and is gone. */
export async function addressOfNobody(): Promise<string> {
  const server = await startTcpServer((socket) => socket.destroy());
  await server[Symbol.asyncDispose]();
  return server.address;
}

function addressOf(server: Server): string {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server does not listen");
  return `127.0.0.1:${address.port}`;
}

export interface BlackHole extends RawServer {
  /** Whether a connection that was begun when it opened is still not made. */
  swallows(): boolean;
}

/** How many wait to be accepted; the system adds one. */
const BACKLOG = 1;
const LISTEN_AND_SLEEP = `
  const { parentPort } = require("node:worker_threads");
  const server = require("node:net").createServer();
  server.listen({ port: 0, host: "127.0.0.1", backlog: ${BACKLOG} }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;

/** A port to which no connection is ever made: its owner sleeps, and the queue of those who wait is full. */
export async function openBlackHole(): Promise<BlackHole> {
  const owner = new Worker(LISTEN_AND_SLEEP, { eval: true });
  const [port]: unknown[] = await once(owner, "message");
  const queue = Array.from({ length: BACKLOG + 1 }, () => connect(Number(port), "127.0.0.1"));
  await Promise.all(queue.map((socket) => once(socket, "connect")));
  const late = connect(Number(port), "127.0.0.1");
  for (const socket of [...queue, late]) socket.on("error", () => undefined);
  return {
    address: `127.0.0.1:${port}`,
    swallows: () => late.connecting,
    async [Symbol.asyncDispose]() {
      for (const socket of [...queue, late]) socket.destroy();
      await owner.terminate();
    },
  };
}
