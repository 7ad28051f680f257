/** What is stored, and how far it is behind. */
export interface Overview {
  /** Of the account, by collection; those that are marked as deleted included. */
  readonly documents: Readonly<Record<string, number>>;
  readonly lag: Lag;
  /** Data and indexes; null where the database does not say. */
  readonly store_bytes: number | null;
}

export interface Lag {
  /** Scheduled ones not counted. */
  readonly newest_message_at: Date | null;
  /** Of those that Hostaway shows as unread, the one whose last message is oldest. */
  readonly oldest_unread: { readonly conversation_id: string; readonly last_message_at: Date } | null;
  /** Conversations that changed, or failed, and whose messages are still to be read. */
  readonly to_be_read: number;
}
