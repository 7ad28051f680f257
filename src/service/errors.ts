/** The errors of a store that a person can do something about. */
export { MongoUnavailableError } from "../embedded/provider.ts";
export { toStorageError } from "../store/errors.ts";
export { StoreUnavailableError } from "../store/mongo.ts";
