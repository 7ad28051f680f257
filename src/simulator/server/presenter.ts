import type { Account } from "../account.ts";
import type { MessageFacts } from "../facts.ts";
import type { SimulatorSettings } from "../options.ts";
import { conversationPayload } from "../payload/conversation.ts";
import { endpointMessage, type MessageContext } from "../payload/message.ts";
import { reservationPayload } from "../payload/reservation.ts";
import type { Entry } from "../world/world.ts";

/** Turns facts into payloads, as the settings say. */
export interface Presenter {
  conversation(entry: Entry, query: URLSearchParams): Record<string, unknown>;
  reservation(entry: Entry): Record<string, unknown>;
  messages(entry: Entry, messages: readonly MessageFacts[]): Record<string, unknown>[];
}

export function createPresenter({ world }: Account, settings: SimulatorSettings): Presenter {
  const accountId = Number(settings.accountId);

  function contextOf(entry: Entry): MessageContext {
    const booking = world.booking(entry);
    const listing = world.listing(booking.listingId);
    const listingName = listing.internalName ?? listing.name;
    return { accountId, booking, listingName, sourceOnEndpoint: settings.messageSourceOnEndpoint };
  }

  return {
    conversation(entry, query) {
      const message = contextOf(entry);
      const embed = !settings.strictIncludeResources || query.get("includeResources") === "1";
      return conversationPayload(message.booking, {
        message,
        marks: entry.marks,
        newest: embed ? world.newest(entry) : null,
        wrongListing: settings.listingMapIdQuirk,
        embed,
        localeInside: settings.localeInsideConversation,
      });
    },
    reservation(entry) {
      const { booking, listingName } = contextOf(entry);
      const { marks } = entry;
      return reservationPayload(booking, {
        accountId,
        listingName,
        marks,
        place: "list",
        localeInside: true,
      });
    },
    messages(entry, messages) {
      const context = contextOf(entry);
      return messages.map((message) => endpointMessage(message, context));
    },
  };
}
