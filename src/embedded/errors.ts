/** A server candidate that failed, with its reason and a remedy. */
export interface FailedCandidate {
  readonly way: string;
  readonly reason: string;
  readonly remedy: string;
}

/** No MongoDB server could be had. The message names every way tried. */
export class MongoUnavailableError extends Error {
  override readonly name = "MongoUnavailableError";
  readonly attempts: readonly FailedCandidate[];

  constructor(attempts: readonly FailedCandidate[]) {
    super(describe(attempts));
    this.attempts = attempts;
  }
}

function describe(attempts: readonly FailedCandidate[]): string {
  const lines = attempts.map(({ way, reason, remedy }, i) => `  ${i + 1}. ${way}: ${reason}. ${remedy}`);
  return ["No MongoDB server is available. Attempts:", ...lines].join("\n");
}
