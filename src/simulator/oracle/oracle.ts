import type { Conversation } from "../../domain/conversation.ts";
import type { Listing } from "../../domain/listing.ts";
import type { Message } from "../../domain/message.ts";
import type { Reservation } from "../../domain/reservation.ts";
import type { ListingFacts } from "../facts.ts";
import { isZone } from "../time.ts";
import type { Entry, World } from "../world/world.ts";
import { expectedConversation } from "./conversation.ts";
import { type ExpectedThread, expectedMessages } from "./message.ts";
import { expectedReservation } from "./reservation.ts";

/**
 * The content of a complete and correct copy of the account at this moment, derived from the world and not
 * from the payloads. Everything is generated while it is read, so memory does not grow with the account.
 */
export interface Oracle {
  messages(): Iterable<Message>;
  /** Newest first; empty for a conversation that does not exist. */
  messagesOf(conversationId: number | string): Message[];
  conversations(): Iterable<Conversation>;
  conversation(conversationId: number | string): Conversation | null;
  reservations(): Iterable<Reservation>;
  listings(): Iterable<Listing>;
  counts(): OracleCounts;
}

export interface OracleCounts {
  readonly conversations: number;
  readonly messages: number;
  readonly reservations: number;
  readonly listings: number;
}

export interface OracleSettings {
  readonly accountId: string;
  readonly listingMapIdQuirk: boolean;
  /** The endpoint's order, newest first. */
  readonly listed: (entry: Entry) => ExpectedThread["messages"];
  /** Plays the world up to this moment. */
  readonly catchUp: () => void;
}

export function createOracle(world: World, settings: OracleSettings): Oracle {
  const { accountId } = settings;
  const threadOf = (entry: Entry): ExpectedThread => {
    const booking = world.booking(entry);
    const listing = world.listing(booking.listingId);
    return {
      accountId,
      namedListingId: settings.listingMapIdQuirk ? accountId : String(booking.listingId),
      booking,
      listing,
      marks: entry.marks,
      messages: settings.listed(entry),
    };
  };
  function* threads(): Generator<Entry> {
    settings.catchUp();
    for (const entry of world.entries)
      if (entry.conversationId !== null && !entry.conversationDeleted) yield entry;
  }
  const find = (conversationId: number | string) => {
    settings.catchUp();
    return world.byConversation(Number(conversationId));
  };
  return {
    *messages() {
      for (const entry of threads()) yield* expectedMessages(threadOf(entry));
    },
    messagesOf(conversationId) {
      const entry = find(conversationId);
      return entry ? expectedMessages(threadOf(entry)) : [];
    },
    *conversations() {
      for (const entry of threads()) yield expectedConversation(threadOf(entry));
    },
    conversation(conversationId) {
      const entry = find(conversationId);
      return entry ? expectedConversation(threadOf(entry)) : null;
    },
    *reservations() {
      settings.catchUp();
      for (const entry of world.entries)
        yield expectedReservation(accountId, world.booking(entry), entry.marks);
    },
    *listings() {
      settings.catchUp();
      for (const listing of world.listings) yield expectedListing(accountId, listing);
    },
    counts() {
      let [conversations, messages] = [0, 0];
      for (const entry of threads()) {
        conversations++;
        messages += world.messages(entry).length;
      }
      return { conversations, messages, reservations: world.entries.length, listings: world.listings.length };
    },
  };
}

function expectedListing(accountId: string, listing: ListingFacts): Listing {
  return {
    listing_id: String(listing.id),
    account_id: accountId,
    name: listing.internalName ?? listing.name,
    public_name: listing.name,
    internal_name: listing.internalName,
    city: listing.city,
    state: listing.state,
    country_code: listing.countryCode,
    timezone: isZone(listing.sentZone) ? listing.sentZone : null,
    currency: listing.currency,
    person_capacity: listing.capacity,
    check_in_hour_start: listing.checkInFrom,
    check_in_hour_end: listing.checkInUntil,
    check_out_hour: listing.checkOutUntil,
    source_inserted_at: new Date(listing.insertedAt),
    source_updated_at: new Date(listing.activityAt),
  };
}
