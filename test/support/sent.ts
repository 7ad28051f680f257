import type { Message } from "../../src/domain/message.ts";

/** Whether a message has left, as the page for analysts defines it. */
export function isSent({ delivery_status }: Message): boolean {
  return delivery_status === "sent" || delivery_status === "unknown";
}
