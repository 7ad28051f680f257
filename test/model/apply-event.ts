import { MINUTE_MS } from "../../src/domain/time.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import type { AccountObserver } from "./account-observer.ts";
import type { WorldEvent } from "./history.ts";

type ConversationEvent = Exclude<
  WorldEvent,
  {
    readonly what:
      | "time passes"
      | "conversation added"
      | "conversation restored"
      | "listing flipped"
      | "reservation flipped";
  }
>;
type Act = (event: WorldEvent) => unknown;

/** Lets things happen in the account, and looks at it after each. */
export function createApplyEvent(
  simulator: Simulator,
  observer: AccountObserver,
): (event: WorldEvent) => void {
  const act = createAct(simulator, observer);
  return (event) => {
    act(event);
    observer.observe();
  };
}

function createAct({ world, oracle, now, advance }: Simulator, observer: AccountObserver): Act {
  const flip = createFlip();
  const ago = (minutes: number) => ({ at: new Date(now().getTime() - minutes * MINUTE_MS) });

  function withMessage(
    conversation: string,
    index: number,
    wanted: (message: { delivery_status: string; direction: string }) => boolean,
    act: (conversationId: number, messageId: number) => void,
  ): void {
    const candidates = oracle.messagesOf(conversation).filter(wanted);
    const message = pick(candidates, index);
    if (message) act(Number(conversation), Number(message.message_id));
  }

  function inConversation(event: ConversationEvent, conversation: string): unknown {
    const id = Number(conversation);
    switch (event.what) {
      case "guest writes":
        return world.guestWrites(id, ago(event.minutesAgo));
      case "host replies":
        return world.hostReplies(id, { ...ago(event.minutesAgo), reflected: event.reflected });
      case "automation writes":
        return world.automationWrites(id);
      case "message scheduled":
        return world.scheduleMessage(id, new Date(now().getTime() + event.inMinutes * MINUTE_MS));
      case "message edited":
        return withMessage(conversation, event.message, anyMessage, (of, message) =>
          world.editMessage(of, message, `edited at ${now().toISOString()}`),
        );
      case "status changed": {
        const wanted = event.to === "failed" ? isSent : isScheduled;
        return withMessage(conversation, event.message, wanted, (of, message) =>
          world.setMessageStatus(of, message, event.to),
        );
      }
      case "message deleted":
        return withMessage(conversation, event.message, anyMessage, world.deleteMessage);
      case "message restored": {
        const message = pick(observer.deletedMessages(conversation), event.message);
        return message === undefined ? undefined : world.restoreMessage(id, Number(message));
      }
      case "conversation deleted":
        return world.deleteConversation(id);
    }
  }

  return (event) => {
    switch (event.what) {
      case "time passes":
        return advance(event.minutes * MINUTE_MS);
      case "conversation added":
        return world.addConversation({ inquiry: event.inquiry, ...(event.empty && { text: null }) });
      case "conversation restored": {
        const id = pick(observer.deletedConversations(), event.on);
        return id === undefined ? undefined : world.restoreConversation(Number(id));
      }
      case "listing flipped": {
        const listing = pick([...oracle.listings()], event.on);
        if (!listing) return;
        const { listing_id: id, public_name, internal_name } = listing;
        const [name, internal] = [
          flip(`${id} name`, public_name ?? "", "Another name"),
          internal_name && flip(`${id} internal`, internal_name, "Another internal name"),
        ];
        return world.renameListing(Number(id), name, internal);
      }
      case "reservation flipped": {
        const reservation = pick([...oracle.reservations()], event.on);
        if (!reservation) return;
        const { reservation_id: id, status, price, guest } = reservation;
        const change = {
          status: () => ({ status: flip(`${id} status`, status ?? "new", "cancelled") }),
          price: () => ({ price: Number(flip(`${id} price`, String(price ?? 100), "123.45")) }),
          guestName: () => ({ guestName: flip(`${id} guest`, guest.name ?? ".", "Somebody Else") }),
        };
        return world.changeReservation(Number(id), change[event.field]());
      }
      default: {
        const conversation = pick(observer.conversations(), event.on);
        return conversation === undefined ? undefined : inConversation(event, conversation);
      }
    }
  };
}

/** Gives the other value, and the next time the first one again. */
function createFlip(): (key: string, now: string, other: string) => string {
  const first = new Map<string, string>();
  return (key, now, other) => {
    const back = first.get(key);
    if (back !== undefined && now === other) return back;
    first.set(key, now);
    return other;
  };
}

function pick<T>(items: readonly T[], index: number): T | undefined {
  return items[index % Math.max(1, items.length)];
}

const anyMessage = () => true;
const isScheduled = ({ delivery_status }: { delivery_status: string }) => delivery_status === "scheduled";
const isSent = ({ delivery_status, direction }: { delivery_status: string; direction: string }) =>
  delivery_status === "sent" && direction === "outgoing";
