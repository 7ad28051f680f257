import type { ListingFacts } from "../facts.ts";
import { utcText } from "../time.ts";

/** Long texts, so that a listing weighs about as much as a real one (recorded: 41 KB). */
const SENTENCE =
  "Wake up to the sound of the sea, have breakfast on the terrace and walk to the old town in ten minutes. ";
const DESCRIPTION = SENTENCE.repeat(40);
const AMENITIES = [
  "Internet",
  "Wireless",
  "Air conditioning",
  "Heating",
  "Kitchen",
  "Washing machine",
  "Parking",
];

/** A listing: keys and order as recorded, secrets included. */
export function listingPayload(listing: ListingFacts): Record<string, unknown> {
  return {
    ...listingIdentity(listing),
    ...whereabouts(listing),
    ...prices(listing),
    ...rooms(listing),
    ...channelTexts(listing),
    ...contacts(listing),
    ...collections(listing),
    ...ends(listing),
  };
}

function listingIdentity(listing: ListingFacts) {
  return {
    id: listing.id,
    propertyTypeId: 2,
    name: listing.name,
    externalListingName: listing.name,
    internalListingName: listing.internalName,
    description: DESCRIPTION,
    thumbnailUrl: `https://images.example.com/${listing.id}/thumb.jpg`,
    houseRules: SENTENCE.repeat(8),
    keyPickup: null,
    specialInstruction: null,
    doorSecurityCode: listing.doorCode,
  };
}

function whereabouts(listing: ListingFacts) {
  const address = `${listing.street}, ${listing.city}, ${listing.state}, ${listing.country}`;
  return {
    country: listing.country,
    countryCode: listing.countryCode,
    state: listing.state,
    city: listing.city,
    street: listing.street,
    address,
    publicAddress: address,
    zipcode: "00000",
  };
}

function prices(listing: ListingFacts) {
  return {
    price: listing.price,
    starRating: null,
    weeklyDiscount: 0.9,
    monthlyDiscount: 0.75,
    propertyRentTax: 0,
    guestPerPersonPerNightTax: 0,
    guestStayTax: 0,
    guestNightlyTax: 0,
    refundableDamageDeposit: 0,
    isDepositStayCollected: 0,
  };
}

function rooms(listing: ListingFacts) {
  return {
    personCapacity: listing.capacity,
    maxChildrenAllowed: null,
    maxInfantsAllowed: null,
    maxPetsAllowed: null,
    lat: listing.latitude,
    lng: listing.longitude,
    checkInTimeStart: listing.checkInFrom,
    checkInTimeEnd: listing.checkInUntil,
    checkOutTime: listing.checkOutUntil,
    cancellationPolicy: "moderate",
    squareMeters: 30 + listing.capacity * 12,
    roomType: "entire_home",
    bathroomType: "private",
    bedroomsNumber: listing.bedrooms,
    bedsNumber: listing.bedrooms + 1,
    bathroomsNumber: 1,
    guestBathroomsNumber: null,
    minNights: 1,
    maxNights: 1125,
    guestsIncluded: 1,
    cleaningFee: 158.37,
    checkinFee: 0,
    priceForExtraPerson: 0,
    instantBookable: 0,
    instantBookableLeadTime: null,
    airbnbBookingLeadTime: 48,
    airbnbBookingLeadTimeAllowRequestToBook: 0,
  };
}

function channelTexts(listing: ListingFacts) {
  return {
    airbnbName: listing.name,
    airbnbSummary: DESCRIPTION,
    airbnbSpace: DESCRIPTION,
    airbnbAccess: SENTENCE,
    airbnbInteraction: "",
    airbnbNeighborhoodOverview: DESCRIPTION,
    airbnbTransit: null,
    airbnbNotes: SENTENCE.repeat(4),
    airbnbExportStatus: "exported",
    vrboExportStatus: "exported",
    marriotExportStatus: null,
    bookingcomExportStatus: null,
    expediaExportStatus: null,
    googleExportStatus: "exported",
    allowSameDayBooking: 0,
    sameDayBookingLeadTime: 12,
  };
}

function contacts(listing: ListingFacts) {
  return {
    contactName: "CANARY-contact-name",
    contactSurName: null,
    contactPhone1: "CANARY-contact-phone",
    contactPhone2: null,
    contactLanguage: null,
    contactEmail: null,
    contactAddress: null,
    language: listing.language,
    currencyCode: listing.currency,
    timeZoneName: listing.sentZone,
    wifiUsername: "CANARY-wifi-user",
    wifiPassword: listing.wifiPassword,
    cleannessStatus: "2",
    cleaningInstruction: null,
    cleannessStatusUpdatedOn: null,
    homeawayPropertyName: listing.name,
    homeawayPropertyHeadline: listing.name,
    homeawayPropertyDescription: DESCRIPTION,
    bookingcomPropertyName: "",
    bookingcomPropertyRoomName: "",
    bookingcomPropertyDescription: "",
    ...Object.fromEntries(INVOICING_KEYS.map((key) => [key, null])),
    attachment: null,
  };
}

const INVOICING_KEYS = [
  "ContactName",
  "ContactSurName",
  "ContactPhone1",
  "ContactPhone2",
  "ContactLanguage",
  "ContactEmail",
  "ContactAddress",
  "ContactCity",
  "ContactZipcode",
  "ContactCountry",
].map((word) => `invoicing${word}`);

function collections(listing: ListingFacts) {
  return {
    listingAmenities: Array.from({ length: 70 }, (_, i) => ({
      id: listing.id * 100 + i,
      amenityId: i + 2,
      amenityName: AMENITIES[i % AMENITIES.length],
    })),
    listingBedTypes: Array.from({ length: listing.bedrooms }, (_, i) => ({
      id: listing.id * 10 + i,
      bedTypeId: 24,
      quantity: 1,
      bedroomNumber: i + 1,
    })),
    listingImages: Array.from({ length: 20 }, (_, i) => image(listing, i)),
    listingTags: [],
    listingUnits: [],
    propertyLicenseNumber: null,
    propertyLicenseType: null,
    propertyLicenseIssueDate: null,
    propertyLicenseExpirationDate: null,
    customFieldValues: [],
    applyPropertyRentTaxToFees: null,
    bookingEngineLeadTime: null,
  };
}

function image(listing: ListingFacts, index: number) {
  return {
    id: listing.id * 50 + index,
    caption: `${index}.jpg`,
    bookingEngineCaption: null,
    airbnbCaption: SENTENCE,
    vrboCaption: SENTENCE,
    url: `https://images.example.com/${listing.id}/${index}.jpg`,
    sortOrder: index + 1,
  };
}

function ends(listing: ListingFacts) {
  return {
    cancellationPolicyId: 59_884,
    vrboCancellationPolicyId: 81_946,
    marriottCancellationPolicyId: 19_461,
    bookingCancellationPolicyId: 54_756,
    listingFeeSetting: [],
    isRentalAgreementActive: null,
    averageNightlyPrice: null,
    bookingcomPropertyRegisteredInVcs: null,
    bookingcomPropertyHasVat: null,
    bookingcomPropertyDeclaresRevenue: null,
    airbnbCancellationPolicyId: 662,
    airbnbListingUrl: `https://www.example.com/airbnb/${listing.id}`,
    vrboListingUrl: `https://www.example.com/vrbo/${listing.id}`,
    googleVrListingUrl: null,
    expediaListingUrl: null,
    averageReviewRating: 10,
    partnersListingMarkup: 1,
    airbnbOfficialListingMarkup: 1.14,
    bookingEngineMarkup: 1,
    homeawayApiMarkup: 1.08,
    marriottListingMarkup: 1,
    latestActivityOn: utcText(listing.activityAt),
    bookingEngineUrls: [],
    marriottListingName: null,
    airbnbPetFeeAmount: null,
    insertedOn: utcText(listing.insertedAt),
    insuranceEligibilityStatus: null,
    listingSettings: null,
  };
}
