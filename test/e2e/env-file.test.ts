import { describe, expect, test } from "@jest/globals";
import { startCli } from "../support/cli.ts";

const SETTINGS = [
  "HOSTAWAY_ACCOUNT_ID=10001",
  "export HOSTAWAY_API_KEY='a # key'",
  "",
  '# a comment with "quotes"',
  'MONGODB_URI="mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=200"',
  "MONGODB_DATABASE=from_file",
];

/** What `report` says with these settings: it stops at the database when all of them were understood. */
async function reportWith(envFile: Buffer, env: Record<string, string> = {}) {
  return await startCli(["report"], env, envFile).finished;
}

const NO_DATABASE = { code: 1, stderr: expect.stringContaining("127.0.0.1:9") };

describe("a .env file", () => {
  test.each([
    ["plain", Buffer.from(SETTINGS.join("\n"))],
    ["with a byte order mark, as Windows editors write it", Buffer.from(`\ufeff${SETTINGS.join("\r\n")}`)],
    ["with line ends of Windows", Buffer.from(SETTINGS.join("\r\n"))],
  ])("is read: %s", async (_, file) => {
    expect(await reportWith(file)).toMatchObject(NO_DATABASE);
  });

  test("gives way to the environment", async () => {
    const env = { MONGODB_URI: "mongodb://127.0.0.2:9/?serverSelectionTimeoutMS=200" };

    const { stderr } = await reportWith(Buffer.from(SETTINGS.join("\n")), env);

    expect(stderr).toContain("127.0.0.2:9");
  });

  test.each([
    ["UTF-16", Buffer.from(`\ufeff${SETTINGS.join("\r\n")}`, "utf16le"), "UTF-16"],
    ["UTF-16 without a mark", Buffer.from(SETTINGS.join("\r\n"), "utf16le"), "UTF-16"],
    ["Latin-1", Buffer.from("HOSTAWAY_API_KEY=schl\u00fcssel", "latin1"), "UTF-8"],
  ])("in %s is refused in words", async (_, file, encoding) => {
    const { code, stdout, stderr } = await reportWith(file);

    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(encoding);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });
});
