import { toMessageLine } from "../domain/message-json.ts";
import type { MessagePages } from "./encoder.ts";

/** One message a line, in its one JSON form. */
export async function* encodeJsonLines(pages: MessagePages): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const page of pages) {
    yield Buffer.from(page.map((message) => `${toMessageLine(message)}\n`).join(""));
  }
}
