import { expect, test } from "@jest/globals";
import { readConfig } from "../../src/config.ts";
import { openHostaway } from "../../src/hostaway/connection.ts";
import { fiveTriesAtOnce } from "../../src/http/retry-policy.ts";
import { impatientClock } from "../support/hostaway.ts";
import { startHttpServer } from "../support/raw-server.ts";

const TOKEN = { token_type: "Bearer", expires_in: 63_072_000, access_token: "odd-but-valid" };

/** Far fewer than the two million that a list of the account may hold. */
const MANY = 150_000;

test("P9: a thread of messages without end is given up before it fills the database", async () => {
  await using server = await startHttpServer((request, response) => {
    if (request.url === "/v1/accessTokens") return response.end(JSON.stringify(TOKEN));
    const query = new URL(request.url ?? "", "http://localhost").searchParams;
    const [limit, offset] = [Number(query.get("limit")), Number(query.get("offset"))];
    const result = Array.from({ length: limit }, (_, index) => ({ id: 10_000_000 - offset - index }));
    return response.end(JSON.stringify({ status: "success", result, limit, count: 5_000_000 }));
  });
  const config = readConfig({
    HOSTAWAY_ACCOUNT_ID: "10001",
    HOSTAWAY_API_KEY: "key",
    HOSTAWAY_BASE_URL: `http://${server.address}/v1`,
    HOSTAWAY_RATE_LIMIT: "100000/1s",
  });
  using hostaway = openHostaway(config.hostaway, impatientClock, { retry: fiveTriesAtOnce });
  let shown = 0;
  const reading = async () => {
    for await (const { items } of hostaway.client.messages("7", 0, new AbortController().signal)) {
      shown += items.length;
      expect(shown).toBeLessThan(MANY);
    }
  };

  await expect(reading()).rejects.toMatchObject({
    type: "server_error",
    message: expect.stringContaining("messages of conversation 7: the list does not end"),
  });
});
