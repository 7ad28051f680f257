import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

export interface Delivery {
  readonly from: string;
  readonly to: readonly string[];
  readonly mail: Email;
  readonly secure: boolean;
  readonly user: string | undefined;
}

export interface MailServer extends AsyncDisposable {
  readonly port: number;
  readonly deliveries: readonly Delivery[];
}

export const LOGIN = { user: "robot@example.com", password: "p4ss/w:rd@sehr-geheim" };

/** A real SMTP server on a free port, with a login; what arrives is parsed. */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const deliveries: Delivery[] = [];
  const server = new SMTPServer({
    logger: false,
    authOptional: true,
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    onAuth({ username, password }, _session, done) {
      if (username === LOGIN.user && password === LOGIN.password) done(null, { user: username });
      // As some servers do: the refusal quotes what came.
      else done(new Error(`${username} may not come in with ${password}`));
    },
    onData(stream, { envelope, secure, user }, done) {
      readAll(stream)
        .then((raw) => PostalMime.parse(raw))
        .then((mail) => {
          const from = envelope.mailFrom ? envelope.mailFrom.address : "";
          const to = envelope.rcptTo.map(({ address }) => address);
          deliveries.push({ from, to, mail, secure, user: user ? String(user) : undefined });
          done();
        }, done);
    },
    ...options,
  });
  // Clients that leave early are what some tests are about.
  server.on("error", () => undefined);
  const port = await listening(server.listen(0, "127.0.0.1"));
  return {
    port,
    deliveries,
    [Symbol.asyncDispose]: () => new Promise((closed) => server.close(closed)),
  };
}

export interface RudeServer extends AsyncDisposable {
  readonly port: number;
}

/** A server that speaks, or does not, just as the test says. */
export async function startRudeServer(onConnection: (socket: Socket) => void): Promise<RudeServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    onConnection(socket);
  });
  return {
    port: await listening(server.listen(0, "127.0.0.1")),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  await using server = await startRudeServer(() => undefined);
  return server.port;
}

async function listening(server: Server): Promise<number> {
  if (!server.listening) await new Promise((ready) => server.once("listening", ready));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  return address.port;
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
