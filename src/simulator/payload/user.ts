/** `GET /users`: the documented object, without its sixty permission flags but a few. */
export function userPayload(accountId: number): Record<string, unknown> {
  return {
    id: 1573,
    accountId,
    userGroupId: 1,
    userGroupName: null,
    email: "owner@example.com",
    firstName: "Carla",
    lastName: "Example",
    timezone: "UTC",
    readListing: 1,
    readReservation: 1,
    readMessage: 1,
    isAdmin: 1,
    lastLoginOn: null,
    listingMapIds: null,
  };
}
