import { type IncomingHttpHeaders, type ServerResponse, request as send } from "node:http";
import { type RawServer, startHttpServer } from "./raw-server.ts";

type Envelope = Record<string, unknown>;

export interface BentServer extends RawServer {
  /** For `HOSTAWAY_BASE_URL`. */
  readonly url: string;
}

/** What stands between the program and a simulated Hostaway, and changes its answers on the way. */
export interface Bending {
  /** The most rows that a question is let through with. */
  readonly cap?: number;
  /** Changes what was answered to a GET; the path is without its version. */
  readonly bend?: ((envelope: Envelope, path: string) => Envelope) | undefined;
  /** Answers in place of the simulator, byte by byte; false lets its answer pass. */
  readonly answer?: ((good: GoodAnswer, response: ServerResponse) => boolean) | undefined;
}

/** What the simulator answered to a GET. */
export interface GoodAnswer {
  /** Without its version. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export async function startBentServer(
  baseUrl: string,
  { cap, bend, answer: meddle }: Bending,
): Promise<BentServer> {
  const server = await startHttpServer((incoming, response) => {
    const url = new URL(incoming.url ?? "", baseUrl);
    const limit = Number(url.searchParams.get("limit"));
    if (cap && limit > cap) url.searchParams.set("limit", String(cap));
    const { host: _, ...headers } = incoming.headers;
    const outgoing = send(url, {
      method: incoming.method,
      headers: { ...headers, "accept-encoding": "identity" },
    });
    outgoing.on("error", () => response.destroy());
    outgoing.on("response", async (answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      const { "content-length": _length, "transfer-encoding": _encoding, ...kept } = answer.headers;
      const path = url.pathname.replace(/^\/v1/, "");
      const isGood = incoming.method === "GET" && answer.statusCode === 200;
      const good = { path, query: url.searchParams, headers: kept, text: body.toString() };
      if (isGood && meddle?.(good, response)) return;
      const bent = bend && isGood ? JSON.stringify(bend(JSON.parse(body.toString()), path)) : body;
      response.writeHead(answer.statusCode ?? 502, kept);
      response.end(bent);
    });
    incoming.pipe(outgoing);
  });
  return { ...server, url: `http://${server.address}/v1` };
}
