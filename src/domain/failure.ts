/** The stage of the run in which an item failed. */
export const STAGES = ["extract", "transform", "load"] as const;
export type Stage = (typeof STAGES)[number];

/** Kinds of errors, in an operator's words. A closed list: reports and monitoring rely on it. */
export const ERROR_TYPES = [
  "not_found",
  "validation_error",
  "rate_limit",
  "timeout",
  "unauthorized",
  "server_error",
  "network_error",
  "storage_error",
  "interrupted",
  "unexpected",
] as const;
export type ErrorType = (typeof ERROR_TYPES)[number];

export const ITEM_TYPES = ["listing", "reservation", "conversation", "message"] as const;
export type ItemType = (typeof ITEM_TYPES)[number];

/**
 * Items that are read from a list of their own and tried again one by one. Conversations are found by the scan,
 * messages are read with their conversation.
 */
export type ListedType = Exclude<ItemType, "conversation" | "message">;

/** A failure of one item, a list or a run: enough to find the item in Hostaway, never its content. */
export interface Failure {
  /** The id of the item's dead letter; null when the failure is not about one item. */
  readonly failure_id: string | null;
  /** `run` when the failure is not about one item but ended the run. */
  readonly item_type: ItemType | "run";
  readonly item_id: string | null;
  readonly conversation_id: string | null;
  readonly stage: Stage;
  readonly error_type: ErrorType;
  /** Field paths, ids and status codes; no text a guest or host wrote. */
  readonly message: string;
  readonly attempts: number;
  readonly http_status: number | null;
  /** Advice for a person, more specific than the advice of its type. */
  readonly remedy?: string;
}

interface Policy {
  /** Whether a retry may help, at once or in a later run. */
  readonly retry: boolean;
  /** Whether the run ends, as the other items would fail too. */
  readonly endsRun: boolean;
  /** Advice for a person. */
  readonly remedy: string;
  /** The advice when the failure ended the run; `remedy` when not given. */
  readonly runRemedy?: string;
  /** The advice when a whole list failed, or no item at all. */
  readonly listRemedy?: string;
  /** The advice when a person had asked for the item by its id. */
  readonly askedRemedy?: string;
}

/** Advice on a response that comes from another server than Hostaway's API. */
export const CHECK_BASE_URL =
  "Check HOSTAWAY_BASE_URL: the address of Hostaway's API is https://api.hostaway.com/v1, with /v1 at the end.";

/** One table, so that no `catch` block decides for itself. */
export const POLICY: Readonly<Record<ErrorType, Policy>> = {
  not_found: {
    retry: false,
    endsRun: false,
    remedy: "No action needed: it was deleted in Hostaway while the sync was running.",
    listRemedy: CHECK_BASE_URL,
    askedRemedy: "Check the id: the account HOSTAWAY_ACCOUNT_ID has no such item.",
  },
  validation_error: {
    retry: false,
    endsRun: false,
    remedy: "Open the item in Hostaway: the field in the message is missing or invalid.",
  },
  rate_limit: {
    retry: true,
    endsRun: false,
    remedy: "No action needed: the next run tries again. If it keeps happening, lower HOSTAWAY_RATE_LIMIT.",
  },
  timeout: {
    retry: true,
    endsRun: false,
    remedy: "No action needed: the next run tries again. If it keeps happening, raise HOSTAWAY_TIMEOUT.",
  },
  unauthorized: {
    retry: false,
    endsRun: true,
    remedy: "Check HOSTAWAY_ACCOUNT_ID and HOSTAWAY_API_KEY (Hostaway dashboard, Settings, API keys).",
  },
  server_error: {
    retry: true,
    endsRun: false,
    remedy: "No action needed: the next run tries again. If it keeps happening, contact Hostaway support.",
  },
  network_error: {
    retry: true,
    endsRun: false,
    remedy: "Check that this machine can reach HOSTAWAY_BASE_URL. The next run tries again.",
  },
  storage_error: {
    retry: true,
    endsRun: false,
    remedy: "Check the MongoDB error: the database rejected this document. All others are stored.",
    runRemedy:
      "Check that MongoDB is running and that its user may write. The next run continues where this one stopped.",
  },
  interrupted: { retry: true, endsRun: true, remedy: "Nothing is lost: run it again to continue." },
  unexpected: {
    retry: false,
    endsRun: false,
    remedy: "If the message is Hostaway's, follow it. Otherwise report a bug and include the run id.",
  },
};

const STORAGE_REMEDIES: readonly (readonly [pattern: RegExp, remedy: string])[] = [
  [
    /(?:code|error) 50\b|MaxTimeMSExpired/,
    "The query took too long. Narrow it (--from, --to, --property), or try again when the database is less busy.",
  ],
  [
    /(?:code 13|error (?:11|18))\b|Unauthorized/,
    "The user in MONGODB_URI lacks permission: grant it the role readWrite on the database.",
  ],
  [
    /code 8000\b/,
    "Check the cluster in Atlas: the user needs the roles readWrite and dbAdmin on the database, and a free cluster is limited to 512 MB.",
  ],
  [
    /Network|Selection|NotConnected|Topology|error (?:6|7|89|91|189|9001|10107|11600|11602|13435|13436)\b/,
    "The connection to MongoDB was lost. Check that it is running and that this machine can reach it, then try again.",
  ],
  [/code 14031\b|OutOfDiskSpace/, "The disk of the MongoDB server is full: free up space there."],
];

/** The advice for a database error, by its message. */
export function remedyForStorage(message: string): string {
  return (
    knownStorageRemedy(message) ?? "Look up this error in the log of the MongoDB server, then try again."
  );
}

function knownStorageRemedy(message: string): string | undefined {
  return STORAGE_REMEDIES.find(([pattern]) => pattern.test(message))?.[1];
}

/** The advice for a failure. */
export function remedyOf(failure: Explained, isAsked = false): string {
  const { item_type, item_id, error_type, message } = failure;
  if (failure.remedy !== undefined) return failure.remedy;
  const { remedy, runRemedy = remedy, listRemedy, askedRemedy = remedy } = POLICY[error_type];
  const known = error_type === "storage_error" ? knownStorageRemedy(message) : undefined;
  if (known !== undefined) return known;
  if (item_id === null && listRemedy) return listRemedy;
  if (item_type !== "run") return isAsked ? askedRemedy : remedy;
  return runRemedy;
}

type Explained = Pick<Failure, "item_type" | "item_id" | "error_type" | "message" | "remedy">;

interface Circumstances {
  readonly httpStatus?: number;
  readonly attempts?: number;
  readonly endsRun?: boolean;
  readonly remedy?: string;
}

/**
 * The one error that passes from an adapter into a run. Its message contains only paths, ids and status codes,
 * and nothing of the library error behind it.
 */
export class ItemError extends Error {
  override readonly name = "ItemError";
  readonly type: ErrorType;
  readonly httpStatus: number | null;
  readonly attempts: number;
  /** True when the run ends, regardless of its type: when the store is unreachable, for example. */
  readonly endsRun: boolean;
  /** Advice for a person, more specific than the advice of its type. */
  readonly remedy: string | undefined;

  constructor(type: ErrorType, message: string, circumstances: Circumstances = {}) {
    super(message);
    this.type = type;
    this.httpStatus = circumstances.httpStatus ?? null;
    this.attempts = circumstances.attempts ?? 1;
    this.endsRun = circumstances.endsRun ?? POLICY[type].endsRun;
    this.remedy = circumstances.remedy;
  }
}

/** Reads any thrown value as an `ItemError`; any other error is a bug. */
export function toItemError(error: unknown): ItemError {
  if (error instanceof ItemError) return error;
  const name = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new ItemError("unexpected", name.slice(0, 300));
}

/** The item, list or run that failed. */
export type FailedAt = Pick<Failure, "item_type" | "item_id" | "conversation_id">;

/**
 * The id of an item's dead letter: the same for the same item in every run.
 *
 * @param fingerprint tells items without an id apart
 */
export function failureIdOf({ item_type, item_id, conversation_id }: FailedAt, fingerprint: string): string {
  return item_id === null
    ? `${item_type}:${conversation_id ?? "list"}#${fingerprint}`
    : `${item_type}:${item_id}`;
}

/**
 * A failure of one item that never was an exception: a record that does not decode, a refused document.
 *
 * @param fingerprint of the record, for a record without an id
 */
export function itemFailure(
  item: FailedAt,
  what: Pick<Failure, "stage" | "error_type" | "message">,
  fingerprint = "",
): Failure {
  return { failure_id: failureIdOf(item, fingerprint), ...item, ...what, attempts: 1, http_status: null };
}

/**
 * Turns a caught error into the failure of its item; of a whole list or the run when the item has no id.
 */
export function failureFrom(error: unknown, item: FailedAt): Failure {
  const { type, message, attempts, httpStatus, remedy } = toItemError(error);
  const stage = type === "storage_error" ? "load" : "extract";
  const failure_id = item.item_id === null ? null : failureIdOf(item, "");
  return {
    failure_id,
    ...item,
    stage,
    error_type: type,
    message,
    attempts,
    http_status: httpStatus,
    ...(remedy !== undefined && { remedy }),
  };
}
