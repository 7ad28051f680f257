import { z } from "zod";
import { id, text, time, whole } from "./fields.ts";

/** One property. Wi-Fi passwords, door codes, descriptions and pictures are never taken over. */
export const Listing = z.object({
  listing_id: id("Hostaway's listing id; one document each."),
  account_id: id("The Hostaway account."),
  name: text("The internal name, or else the public name.").nullable(),
  public_name: text("The name guests see.").nullable(),
  internal_name: text("The name staff use.").nullable(),
  city: text("City.").nullable(),
  state: text("State or province.").nullable(),
  country_code: text("ISO 3166-1 alpha-2.").nullable(),
  timezone: text("IANA time zone.").nullable(),
  currency: text("ISO 4217 code.").nullable(),
  person_capacity: whole("Maximum number of guests.").nullable(),
  check_in_hour_start: whole("Local hour from which guests check in.").nullable(),
  check_in_hour_end: whole("Local hour until which guests check in.").nullable(),
  check_out_hour: whole("Local hour until which guests check out.").nullable(),
  source_inserted_at: time("Hostaway's `insertedOn`.").nullable(),
  source_updated_at: time("Hostaway's `latestActivityOn`: listings have no `updatedOn`.").nullable(),
});
export type Listing = z.infer<typeof Listing>;
