import type { Listing } from "../domain/listing.ts";
import { firstTimeZone } from "./local-time.ts";
import type { ListingRecord } from "./records.ts";

export function toListing(record: ListingRecord, accountId: string): Listing {
  return {
    listing_id: record.id,
    account_id: accountId,
    name: record.internalListingName ?? record.name,
    public_name: record.name,
    internal_name: record.internalListingName,
    city: record.city,
    state: record.state,
    country_code: record.countryCode,
    timezone: firstTimeZone(record.timeZoneName),
    currency: record.currencyCode,
    person_capacity: record.personCapacity,
    check_in_hour_start: record.checkInTimeStart,
    check_in_hour_end: record.checkInTimeEnd,
    check_out_hour: record.checkOutTime,
    source_inserted_at: record.insertedOn,
    source_updated_at: record.latestActivityOn ?? record.insertedOn,
  };
}
