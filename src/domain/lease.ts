/** The run that holds an account's lease. */
export interface LeaseHolder {
  readonly run_id: string;
  readonly host: string;
  readonly pid: number;
  /** By the database's clock, like the others. */
  readonly since: Date;
  readonly last_heartbeat: Date;
  readonly expires_at: Date;
  /** The time of this reading. */
  readonly read_at: Date;
  /** Whether the holder gives the lease to another run that asks for it. */
  readonly yields: boolean;
}

/** The fencing token: a run that lost its lease cannot write. */
export interface Fence {
  /** Grows with every lease of the account: state written under a higher token is never overwritten. */
  readonly token: number;
  /** Throws an `ItemError` that ends the run unless the lease is still this run's in the database. */
  check(): Promise<void>;
}

/** The right to write for one account, until disposed of, or lost. */
export interface Lease extends Fence, AsyncDisposable {
  /** Aborts when the lease is lost; the reason is the `ItemError` that says so. */
  readonly lost: AbortSignal;
  /** Aborts when another run asks for it; a holder that yields gives it back at its next safe point. */
  readonly preemptRequested: AbortSignal;
  /** The previous run, if it crashed: it did not give its lease back. */
  readonly recovered: LeaseHolder | null;
}

/** Another run holds the lease. Not a failure: the work is being done. */
export class AccountBusyError extends Error {
  override readonly name = "AccountBusyError";
  readonly holder: LeaseHolder;

  constructor(holder: LeaseHolder) {
    super(`run ${holder.run_id} is at work on this account`);
    this.holder = holder;
  }
}

/** P12: one run at a time for each account. */
export interface Leases {
  /**
   * Throws `AccountBusyError` when another run holds it, `ItemError` when the database is gone.
   *
   * @param yields whether the holder gives way when it is asked to
   */
  acquire(accountId: string, runId: string, yields?: boolean): Promise<Lease>;
  /** Asks a preemptible holder for its lease; the holder learns of the request with its next heartbeat. */
  requestRelease(accountId: string, runId: string): Promise<void>;
  /** The current holder; null when the lease is free. */
  holder(accountId: string): Promise<LeaseHolder | null>;
}
