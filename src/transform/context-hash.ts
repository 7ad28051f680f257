import { hash } from "node:crypto";
import { SCHEMA_VERSION } from "../domain/schema-version.ts";
import type { Thread } from "./thread.ts";
import { emptyTally, toConversation } from "./to-conversation.ts";

/**
 * A hash of all fields that a conversation and its messages carry from their context: from the reservation,
 * the listing, and the conversation's row in the list. When it differs from the stored hash, the documents
 * are written anew from the stored ones, without a call to Hostaway.
 */
export function contextHashOf(thread: Thread): string {
  const { reservation, record } = thread;
  const listing = thread.listing(reservation?.listing_id ?? record.listingMapId);
  const carried = [
    SCHEMA_VERSION,
    toConversation(thread, emptyTally()),
    listing?.timezone,
    reservation?.listing_id,
    reservation?.source_channel_id,
  ];
  return hash("sha256", JSON.stringify(carried), "base64");
}
