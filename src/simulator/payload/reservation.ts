import { DAY_MS } from "../../domain/time.ts";
import type { BookingFacts, Marks } from "../facts.ts";
import { hash } from "../random.ts";
import { dayText, utcText, utcTextOrNull } from "../time.ts";

export interface ReservationContext {
  readonly accountId: number;
  readonly listingName: string;
  readonly marks: Marks;
  /**
   * Inside a conversation some fields are empty (recorded: same reservations compared, 6 of 6):
   * `listingName`, `latestActivityOn`, `guestLocale`, address, agreement and portal fields.
   */
  readonly place: "list" | "inside conversation";
  readonly localeInside: boolean;
}

/** A reservation as recorded: 123 keys, in this order. */
export function reservationPayload(
  booking: BookingFacts,
  context: ReservationContext,
): Record<string, unknown> {
  // Not a spread: V8 takes forty times as long to spread this many keys.
  return Object.assign(
    {},
    reservationIdentity(booking, context),
    guestFields(booking, context),
    stayFields(booking),
    moneyFields(booking, context),
    statusFields(booking),
    airbnbFields(booking),
    endFields(booking, context),
  );
}

function reservationIdentity(booking: BookingFacts, context: ReservationContext) {
  const listed = context.place === "list";
  const token = hexOf(booking, 1, 8);
  return {
    id: booking.reservationId,
    listingMapId: booking.listingId,
    listingName: listed ? context.listingName : "",
    channelId: booking.channel.id,
    source: listed ? booking.channel.source : "reservation",
    channelName: booking.channel.name,
    reservationId: booking.channelReservationId,
    hostawayReservationId: String(booking.reservationId),
    channelReservationId: booking.channelReservationId,
    externalPropertyId: booking.channel.id === 2018 ? `07${hash(booking.listingId)}` : null,
    externalUnitId: null,
    assigneeUserId: null,
    customerIcalId: null,
    customerIcalName: null,
    guestAuthHash: listed ? token : null,
    guestPortalUrl: listed ? `https://portal.example.com/${token.slice(0, 16)}` : null,
    guestPortalRevampUrl: null,
    isProcessed: 1,
    isInitial: 0,
    isManuallyChecked: 0,
    isInstantBooked: 0,
    reservationDate: utcText(booking.bookedAt),
    pendingExpireDate: booking.channel.id === 2018 ? utcText(booking.bookedAt + DAY_MS) : null,
  };
}

function guestFields({ guest, channel, reservationId }: BookingFacts, context: ReservationContext) {
  const listed = context.place === "list";
  return {
    guestName: guest.reservationName,
    guestFirstName: guest.firstName,
    guestLastName: guest.lastName,
    guestExternalAccountId: channel.id === 2018 ? String(hash(reservationId, 2)) : null,
    guestZipCode: listed && guest.city !== null ? "00000" : null,
    guestAddress: listed && guest.city !== null ? "1 Example Street" : null,
    guestCity: guest.city,
    guestCountry: guest.countryText,
    guestEmail: guest.reservationEmail,
    guestPicture: null,
    guestRecommendations: 0,
    guestTrips: 0,
    guestWork: null,
    isGuestIdentityVerified: 0,
    isGuestVerifiedByEmail: 0,
    isGuestVerifiedByWorkEmail: 0,
    isGuestVerifiedByFacebook: 0,
    originalChannel: null,
    isGuestVerifiedByGovernmentId: 0,
    isGuestVerifiedByPhone: 0,
    isGuestVerifiedByReviews: 0,
  };
}

function stayFields(booking: BookingFacts) {
  return {
    numberOfGuests: booking.party.guests,
    adults: booking.party.adults,
    children: booking.party.children,
    infants: booking.party.infants,
    pets: booking.party.pets,
    arrivalDate: dayText(booking.arrival),
    departureDate: dayText(booking.departure),
    isDatesUnspecified: booking.datesUnspecified ? 1 : 0,
    previousArrivalDate: null,
    previousDepartureDate: null,
    checkInTime: booking.checkIn,
    checkOutTime: booking.checkOut,
    nights: booking.nights,
    phone: booking.guest.phone,
  };
}

/** Card fields carry recognisable values, so that tests can show that they are never stored. */
function moneyFields(booking: BookingFacts, context: ReservationContext) {
  const card = booking.channel.platform === "direct" || booking.channel.platform === "bookingcom";
  return {
    totalPrice: booking.priceCents / 100,
    remainingBalance: null,
    taxAmount: Math.round(booking.priceCents / 11) / 100,
    channelCommissionAmount:
      booking.channel.platform === "vrbo" ? Math.round(booking.priceCents / 20) / 100 : null,
    hostawayCommissionAmount: null,
    cleaningFee: booking.cleaningCents / 100,
    securityDepositFee: null,
    isPaid: context.place === "list" ? null : Number(booking.paymentStatus === "Paid"),
    ccName: card ? "CANARY-card-name" : null,
    ccNumber: card ? "CANARY-card-4111111111111111" : null,
    ccNumberEndingDigits: card ? "CANARY-card-1111" : null,
    ccExpirationYear: card ? "CANARY-card-2031" : null,
    ccExpirationMonth: card ? "CANARY-card-12" : null,
    cvc: card ? "CANARY-card-cvc" : null,
    stripeGuestId: card ? "CANARY-stripe-cus" : null,
    stripeMessage: null,
    braintreeGuestId: card ? "CANARY-braintree" : null,
    braintreeMessage: null,
    currency: booking.currency,
  };
}

function statusFields(booking: BookingFacts) {
  return {
    status: booking.status,
    paymentStatus: booking.paymentStatus,
    cancellationDate: utcTextOrNull(booking.cancelledAt),
    cancelledBy: booking.cancelledBy,
    hostNote: booking.index % 9 === 0 ? "CANARY-note-host" : null,
    guestNote: booking.index % 11 === 0 ? "CANARY-note-guest" : null,
    doorCode: booking.doorCode,
    doorCodeVendor: null,
    doorCodeInstruction: booking.index % 7 === 0 ? "CANARY-code-instruction" : null,
    comment: "",
    confirmationCode: booking.confirmationCode,
  };
}

function airbnbFields(booking: BookingFacts) {
  const airbnb = booking.channel.id === 2018;
  const share = (part: number) => (airbnb ? Math.round(booking.priceCents * part) / 100 : null);
  return {
    airbnbExpectedPayoutAmount: share(0.82),
    airbnbListingBasePrice: share(0.7),
    airbnbListingCancellationHostFee: airbnb ? 0 : null,
    airbnbListingCancellationPayout: share(0.4),
    airbnbListingCleaningFee: airbnb ? booking.cleaningCents / 100 : null,
    airbnbListingHostFee: share(0.03),
    airbnbListingSecurityPrice: null,
    airbnbOccupancyTaxAmountPaidToHost: null,
    airbnbTotalPaidAmount: share(0.9),
    airbnbTransientOccupancyTaxPaidAmount: share(0.05),
    airbnbCancellationPolicy: airbnb ? "better_strict_with_grace_period" : null,
  };
}

function endFields(booking: BookingFacts, context: ReservationContext) {
  const listed = context.place === "list";
  const locale = listed || context.localeInside ? booking.guest.locale : null;
  return {
    isStarred: 0,
    isArchived: 0,
    isPinned: 0,
    reservationCouponId: null,
    customFieldValues: listed && booking.index % 3 === 0 ? [customField(booking)] : [],
    reservationFees: listed && booking.index % 12 === 0 ? [fee(booking, context.accountId)] : [],
    reservationUnit: [],
    insertedOn: utcText(booking.insertedAt),
    updatedOn: utcText(context.marks.reservationUpdatedAt),
    latestActivityOn: listed ? utcText(context.marks.latestActivityAt) : null,
    customerUserId: null,
    guestLocale: locale,
    localeForMessaging: locale,
    localeForMessagingSource: null,
    listingCustomFields: null,
    rentalAgreementFileUrl: null,
    reservationAgreement: booking.index % 4 === 0 ? "signed" : "not_signed",
    financeField: [],
    guestPaymentCardIsVirtual: null,
    insuranceStatus: listed ? "not_eligible" : null,
    claimStatus: null,
    insurancePolicyId: null,
    cancellationPolicyId: listed ? 41_201 : null,
    hostProxyEmail: listed ? booking.hostRelayEmail : null,
  };
}

function customField(booking: BookingFacts) {
  const at = utcText(booking.insertedAt);
  const field = { id: 471_374, name: "How did you find us", possibleValues: null, type: "text", isPublic: 1 };
  return {
    id: 600_000 + booking.index,
    customFieldId: 67_858,
    value: "A friend",
    insertedOn: at,
    updatedOn: at,
    customField: { ...field, insertedOn: at, updatedOn: at },
  };
}

function fee(booking: BookingFacts, accountId: number) {
  const at = utcText(booking.insertedAt);
  return {
    id: 780_000 + booking.index,
    accountId,
    listingMapId: booking.listingId,
    reservationId: booking.reservationId,
    name: "CLEANING",
    feeType: "",
    externalReservationUnitId: null,
    amount: booking.cleaningCents / 100,
    currency: booking.currency,
    percentage: null,
    isIncluded: 1,
    isPerNight: null,
    isPerPerson: null,
    isImported: 1,
    insertedOn: at,
    updatedOn: at,
  };
}

function hexOf(booking: BookingFacts, salt: number, words: number): string {
  let text = "";
  for (let i = 0; i < words; i++) text += hash(booking.reservationId, salt, i).toString(16).padStart(8, "0");
  return text;
}
