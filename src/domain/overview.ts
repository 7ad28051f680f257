/** Number of stored documents, and how far the copy is behind. */
export interface Overview {
  /** The account's documents by collection; deleted ones included. */
  readonly documents: Readonly<Record<string, number>>;
  readonly lag: Lag;
  /** Data and indexes; null where the database does not say. */
  readonly store_bytes: number | null;
}

export interface Lag {
  /** Scheduled messages do not count. */
  readonly newest_message_at: Date | null;
  /** The unread conversation whose last message is oldest. */
  readonly oldest_unread: { readonly conversation_id: string; readonly last_message_at: Date } | null;
  /** Conversations that changed, or failed, and whose messages are still to be read. */
  readonly to_be_read: number;
}
