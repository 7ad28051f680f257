import { once } from "node:events";
import net from "node:net";
import { refusal } from "./errors.ts";
import { isStranger } from "./peer.ts";
import {
  frames,
  MAX_MESSAGE_BYTES,
  type Oversize,
  parseRequest,
  type Request,
  reply,
  toBson,
} from "./wire.ts";

/** Runs one command and gives its answer, a BSON document. Must not throw. */
export type Dispatch = (request: Request) => Promise<Buffer>;

export interface Gateway {
  readonly port: number;
  close(): Promise<void>;
}

export interface GatewayOptions {
  readonly host: string;
  readonly port: number;
  readonly dispatch: Dispatch;
  readonly onBadConnection: (reason: string) => void;
}

/** Listens for MongoDB clients. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    serveConnection(socket, options).catch((error: unknown) => {
      options.onBadConnection(error instanceof Error ? error.message : String(error));
      socket.destroy();
    });
  });
  server.listen(options.port, options.host);
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : options.port,
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/**
 * One connection, one message at a time: answers leave in the order of their requests, and a client that
 * sends faster than it is served, or does not read, is held back by its own socket.
 */
async function serveConnection(socket: net.Socket, { dispatch }: GatewayOptions): Promise<void> {
  socket.setNoDelay(true);
  socket.on("error", () => undefined); // a client that went away is no event
  if (await isStranger(socket)) throw new Error("another user of this machine was refused");
  for await (const frame of frames(chunksOf(socket))) {
    const answer = Buffer.isBuffer(frame) ? await answerTo(parseRequest(frame), dispatch) : tooLarge(frame);
    if (answer) await sendMessage(socket, answer);
  }
}

async function* chunksOf(socket: net.Socket): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of socket) yield chunk;
  } catch {
    socket.destroy(); // reset by the client
  }
}

async function answerTo(request: Request, dispatch: Dispatch): Promise<Buffer | null> {
  const document = await dispatch(request);
  return request.wantsReply ? reply(request, document) : null;
}

function tooLarge({ id, bytes }: Oversize): Buffer {
  const message = `the message has ${bytes} bytes, more than the ${MAX_MESSAGE_BYTES} allowed`;
  return reply({ id, kind: "message" }, toBson(refusal(10334, message)));
}

async function sendMessage(socket: net.Socket, bytes: Buffer): Promise<void> {
  if (socket.destroyed || socket.write(bytes)) return;
  const done = new AbortController();
  await Promise.race([
    once(socket, "drain", { signal: done.signal }),
    once(socket, "close", { signal: done.signal }),
  ])
    .catch(() => undefined) // it broke: reading from it will tell
    .finally(() => done.abort());
}
