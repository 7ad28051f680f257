/**
 * Raised when a transform changes its meaning. Fingerprints and content hashes begin with it, so that
 * everything made by older rules is read and written anew.
 */
export const SCHEMA_VERSION = 3;
