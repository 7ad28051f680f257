import { expect, test } from "@jest/globals";
import { startSimulator } from "../../src/simulator/simulator.ts";
import { askForToken, calm, clientWith, keysOf, signIn } from "./support.ts";

const REFUSED = {
  status: "fail",
  message: "The resource owner or authorization server denied the request.",
};

test("a token is answered bare, without the envelope, and opens the account", async () => {
  await using simulator = await calm();

  const answer = (await (await askForToken(simulator)).json()) as Record<string, unknown>;

  expect(keysOf(answer)).toEqual(["token_type", "expires_in", "access_token"]);
  expect(answer).toMatchObject({ token_type: "Bearer", expires_in: 63_072_000 });
  expect((await clientWith(simulator, String(answer["access_token"])).get("/users?limit=1")).status).toBe(
    200,
  );
});

test.each([
  ["a wrong key", { client_secret: "wrong" }],
  ["a wrong account", { client_id: "10002" }],
  ["a wrong grant type", { grant_type: "password" }],
])("%s is answered with 401 in the OAuth shape", async (_, changes) => {
  await using simulator = await calm();

  const response = await askForToken(simulator, changes);

  expect(response.status).toBe(401);
  expect(await response.json()).toEqual({
    error: "invalid_client",
    error_description: "Client authentication failed",
  });
});

test("no token, a made-up one and one of another scheme are answered with the same 403", async () => {
  await using simulator = await calm();

  for (const headers of [{}, { Authorization: "Bearer made-up" }, { Authorization: "Basic abc" }]) {
    const response = await fetch(`${simulator.url}/users?limit=1`, { headers });
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual(REFUSED);
  }
});

test("a token is refused while it is too fresh", async () => {
  await using simulator = await calm({ tokenGraceMs: 60_000 });
  const client = await signIn(simulator);

  expect(await client.get("/users?limit=1")).toMatchObject({ status: 403, body: REFUSED });
});

test("a token is refused after its life has ended", async () => {
  await using simulator = await calm({ tokenLifetimeS: 1e-6 });
  const client = await signIn(simulator);

  expect(await client.get("/users?limit=1")).toMatchObject({ status: 403, body: REFUSED });
});

test("a token that was given back is refused, others still work", async () => {
  await using simulator = await calm();
  const { access_token: token } = (await (await askForToken(simulator)).json()) as { access_token: string };
  const other = await signIn(simulator);

  const answer = await fetch(`${simulator.url}/accessTokens?token=${token}`, { method: "DELETE" });

  expect(await answer.json()).toEqual({ status: "success", result: [] });
  expect((await clientWith(simulator, token).get("/users")).status).toBe(403);
  expect((await other.get("/users")).status).toBe(200);
});

test("all tokens can be revoked in the middle of a run, and a new one works", async () => {
  await using simulator = await calm();
  const client = await signIn(simulator);

  simulator.revokeTokens();

  expect((await client.get("/users")).status).toBe(403);
  expect((await (await signIn(simulator)).get("/users")).status).toBe(200);
});

test("account and key can be chosen", async () => {
  await using simulator = await calm({ accountId: "4711", apiKey: "another" });

  const item = (await (await signIn(simulator)).get("/conversations?limit=1")).body.result[0];

  expect(item).toMatchObject({ accountId: 4711 });
});

test("bad options are named all at once", async () => {
  const bad = { conversations: -1, port: 70_000, window: "round" };

  await expect(startSimulator(bad as object)).rejects.toThrow(/conversations[\s\S]*port[\s\S]*window/);
});
