import { Writable } from "node:stream";
import { Decimal128 } from "bson";
import type { StoredMessage } from "../../src/domain/message.ts";
import { type ExportFormat, type ExportOptions, writeExport } from "../../src/export/write-export.ts";
import { message } from "../support/records.ts";

/** A stored message with something in every field, and only what a test is about changed. */
export function storedMessage(changes: Partial<StoredMessage> = {}): StoredMessage {
  return { ...message(), ...EVERYTHING, ...changes };
}

export function messageSaying(content: string): StoredMessage {
  return storedMessage({ content });
}

export function messageCosting(price: string): StoredMessage {
  return storedMessage({ reservation: { ...RESERVATION, price: Decimal128.fromString(price) } });
}

/** A message about which Hostaway said as little as it can. */
export function sparseMessage(): StoredMessage {
  return {
    ...message(),
    reservation: null,
    property: { id: null, name: null },
    guest: {
      name: null,
      email: null,
      phone: null,
      nationality: null,
      nationality_source: null,
      locale: null,
    },
    local_timestamp: null,
    timezone: null,
    sender: { type: "host", name: null },
    source_status: null,
    source_communication_type: null,
    source_channel_id: null,
    source_listing_id: null,
    source_timezone: null,
    seen: null,
    attachments: [],
    source_inserted_at: null,
    source_updated_at: null,
  };
}

const RESERVATION = {
  id: "2",
  status: "new",
  arrival_date: new Date("2026-06-04T00:00:00Z"),
  departure_date: new Date("2026-06-11T00:00:00Z"),
  price: Decimal128.fromString("1234.50"),
  currency: "EUR",
};

const EVERYTHING: Partial<StoredMessage> = {
  reservation: RESERVATION,
  property: { id: "40160", name: "Villa Ólea" },
  guest: {
    name: "Tomé Gonçalves",
    email: "tome@example.com",
    phone: "+351 912 345 678",
    nationality: "PT",
    nationality_source: "phone",
    locale: "pt",
  },
  content: "Bom dia, a praia fica longe?",
  content_html: "<p>Bom dia, a praia fica longe?</p>",
  timestamp: new Date("2026-06-02T06:52:07.123Z"),
  timestamp_source: "date",
  local_timestamp: "2026-06-02T07:52:07.123",
  timezone: "Europe/Lisbon",
  direction: "incoming",
  message_type: "manual",
  sender: { type: "guest", name: "Tomé Gonçalves" },
  channel: "whatsapp",
  platform: "bookingcom",
  delivery_status: "sent",
  source_status: "sent",
  source_communication_type: "whatsapp",
  source_channel_id: 2005,
  source_listing_id: "40160",
  source_timezone: "Europe/Lisbon",
  seen: true,
  attachments: [
    {
      id: "1",
      name: "passport.jpg",
      mime_type: "image/jpeg",
      extension: "jpg",
      is_image: true,
      is_public: false,
      url: null,
    },
    {
      id: "2",
      name: "map.pdf",
      mime_type: "application/pdf",
      extension: "pdf",
      is_image: false,
      is_public: true,
      url: "https://example.com/map.pdf",
    },
  ],
  source_inserted_at: new Date("2026-06-02T06:52:08Z"),
  source_updated_at: new Date("2026-06-02T06:53:09Z"),
  deleted_at: new Date("2026-06-05T01:00:03.004Z"),
};

export async function* pagesOf(...pages: readonly (readonly StoredMessage[])[]) {
  yield* pages;
}

/** Everything that is written to it. */
export function memory(): { readonly output: Writable; bytes(): Buffer } {
  const chunks: Buffer[] = [];
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { output, bytes: () => Buffer.concat(chunks) };
}

/** The file that messages become. */
export async function fileOf(
  format: ExportFormat,
  messages: readonly StoredMessage[],
  options: Partial<ExportOptions> = {},
): Promise<Buffer> {
  const { output, bytes } = memory();
  await writeExport(format, pagesOf(messages), output, { signal: new AbortController().signal, ...options });
  return bytes();
}
