/** One booking; it distinguishes guests of similar names. */
export interface Booking {
  readonly reservation_id: string | null;
  readonly conversation_id: string;
  readonly arrival_date: Date | null;
  readonly departure_date: Date | null;
  readonly property: string | null;
  readonly messages: number;
  readonly last_message_at: Date | null;
}

export interface FoundGuest {
  readonly name: string | null;
  readonly email: string | null;
  /** The latest first. */
  readonly bookings: readonly Booking[];
}
