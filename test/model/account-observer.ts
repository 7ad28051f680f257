import type { Message } from "../../src/domain/message.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";

/** What the account shows of a message, apart from what it carries from its reservation and listing. */
interface Shown {
  readonly conversationId: string;
  readonly own: string;
  readonly content: string;
  readonly status: Message["delivery_status"];
  readonly at: Date;
}

/** Follows what there is in the account; looked at after each event, it misses nothing. */
export interface AccountObserver {
  observe(): void;
  conversations(): readonly string[];
  messages(): readonly string[];
  deletedConversations(): readonly string[];
  /** Deleted ones of conversations that are there. */
  deletedMessages(conversationId: string): readonly string[];
  /** Whether it changed in a way that the lists do not show: edited, deleted, come back. */
  isSilent(messageId: string): boolean;
  /** Whether a conversation holds, or held, such a message. */
  hasSilent(conversationId: string): boolean;
  /** Everything was read and found to be right: what happened before is no excuse any more. */
  accept(): void;
  /** Begins a span of time. */
  since(): Span;
}

export interface Span {
  wasAbsent(id: string): boolean;
  /** Messages that were there all the while and have never been gone before. */
  alwaysThere(): string[];
}

export function createObserver(simulator: Simulator): AccountObserver {
  let conversations = new Set<string>();
  let messages = new Map<string, Shown>();
  const known = new Map<string, string>();
  const knownConversations = new Set<string>();
  const silent = new Set<string>();
  const deletedOnce = new Set<string>();
  const spans = new Set<{ readonly absent: Set<string>; readonly present: Set<string> }>();

  const absentNow = () => [
    ...[...known.keys()].filter((id) => !messages.has(id)),
    ...[...knownConversations].filter((id) => !conversations.has(id)),
  ];

  function compare(before: Map<string, Shown>, wereThere: Set<string>): void {
    for (const [id, { conversationId }] of before) {
      if (messages.has(id)) continue;
      deletedOnce.add(id);
      if (conversations.has(conversationId)) silent.add(id);
    }
    for (const [id, shown] of messages) {
      const old = before.get(id);
      const cameBack = !old && known.has(id) && wereThere.has(shown.conversationId);
      if (cameBack || (old && old.own !== shown.own && !wasSent(old, shown, simulator.now()))) silent.add(id);
    }
  }

  const observer: AccountObserver = {
    observe() {
      const [before, wereThere] = [messages, conversations];
      messages = new Map(
        [...simulator.oracle.messages()].map((message) => [message.message_id, shown(message)]),
      );
      conversations = new Set(
        [...simulator.oracle.conversations()].map(({ conversation_id }) => conversation_id),
      );
      compare(before, wereThere);
      for (const [id, { conversationId }] of messages) known.set(id, conversationId);
      for (const id of conversations) knownConversations.add(id);
      for (const { absent } of spans) for (const id of absentNow()) absent.add(id);
    },
    conversations: () => [...conversations],
    messages: () => [...messages.keys()],
    deletedConversations: () => [...knownConversations].filter((id) => !conversations.has(id)),
    deletedMessages: (conversationId) =>
      [...known].flatMap(([id, of]) => (of === conversationId && !messages.has(id) ? [id] : [])),
    isSilent: (messageId) => silent.has(messageId),
    hasSilent: (conversationId) => [...silent].some((id) => known.get(id) === conversationId),
    accept: () => silent.clear(),
    since() {
      const span = { absent: new Set(absentNow()), present: new Set(messages.keys()) };
      spans.add(span);
      return {
        wasAbsent: (id) => span.absent.has(id),
        alwaysThere: () => [...span.present].filter((id) => !span.absent.has(id) && !deletedOnce.has(id)),
      };
    },
  };
  observer.observe();
  return observer;
}

function shown(message: Message): Shown {
  const { reservation, property, guest, sender, timezone, local_timestamp, ...own } = message;
  const borrowed = own.timestamp_source === "retrieved";
  return {
    conversationId: message.conversation_id,
    own: JSON.stringify({ ...own, timestamp: borrowed ? null : own.timestamp }),
    content: message.content,
    status: message.delivery_status,
    at: message.timestamp,
  };
}

/** A scheduled message's time has come: that does not go unnoticed. */
function wasSent(before: Shown, after: Shown, now: Date): boolean {
  const sent = before.status === "scheduled" && after.status === "sent";
  return sent && before.at <= now && before.content === after.content;
}
