/** One way to a MongoDB server that did not work, and what would make it work. */
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
  return ["No MongoDB server is available. What was tried:", ...lines].join("\n");
}
