import { gunzipSync } from "node:zlib";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../src/simulator/simulator.ts";

/** A parsed answer; bodies are JSON of unknown shape, which tests look into freely. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

export type Item = Record<string, unknown> & { id: number };

export interface Body {
  status: string;
  message?: string;
  result: Item[];
  count: number;
  limit: number;
  offset: number;
  page?: number;
  totalPages?: number;
}

export interface Client {
  get(path: string, init?: RequestInit): Promise<Answered>;
  /** Every item of a list, page after page. */
  all(path: string): Promise<Item[]>;
}

/** A simulator without limits and waits, for tests that are about something else. */
export function calm(options: SimulatorOptions = {}): Promise<Simulator> {
  return startSimulator({ conversations: 40, rateLimit: "off", tokenGraceMs: 0, ...options });
}

export function tokenForm(simulator: Simulator, changes: Record<string, string> = {}): URLSearchParams {
  return new URLSearchParams({
    grant_type: "client_credentials",
    client_id: simulator.accountId,
    client_secret: simulator.apiKey,
    scope: "general",
    ...changes,
  });
}

export async function askForToken(
  simulator: Simulator,
  changes: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${simulator.url}/accessTokens`, { method: "POST", body: tokenForm(simulator, changes) });
}

export async function signIn(simulator: Simulator): Promise<Client> {
  const { access_token: token } = (await (await askForToken(simulator)).json()) as { access_token: string };
  return clientWith(simulator, token);
}

export function clientWith(simulator: Simulator, token: string): Client {
  async function get(path: string, init: RequestInit = {}): Promise<Answered> {
    const headers = { Authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) };
    return answered(await fetch(simulator.url + path, { ...init, headers }));
  }
  async function all(path: string): Promise<Item[]> {
    const items: Item[] = [];
    for (;;) {
      const join = path.includes("?") ? "&" : "?";
      const { body } = await get(`${path}${join}limit=500&offset=${items.length}`);
      items.push(...body.result);
      if (body.result.length === 0 || items.length >= body.count) return items;
    }
  }
  return { get, all };
}

async function answered(response: Response): Promise<Answered> {
  const text = await response.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  return { status: response.status, headers: response.headers, text, body: body as Body };
}

/** `YYYY-MM-DD HH:mm:ss`, UTC, as milliseconds. */
export function moment(text: unknown): number {
  return Date.parse(`${String(text).replace(" ", "T")}Z`);
}

/** Every key of an object, in order. */
export function keysOf(value: unknown): string[] {
  return Object.keys(value as object);
}

export function embedded(conversation: Item): Item | undefined {
  return (conversation["conversationMessages"] as Item[])[0];
}

export function unzip(bytes: ArrayBuffer): string {
  return gunzipSync(Buffer.from(bytes)).toString("utf8");
}
