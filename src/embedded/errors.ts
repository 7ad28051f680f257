/** One way to a MongoDB server that did not work, and what would make it work. */
export interface Attempt {
  readonly way: string;
  readonly reason: string;
  readonly remedy: string;
}

/** No MongoDB server could be had. The message names every way tried. */
export class MongoUnavailableError extends Error {
  override readonly name = "MongoUnavailableError";
  readonly attempts: readonly Attempt[];

  constructor(attempts: readonly Attempt[]) {
    super(describe(attempts));
    this.attempts = attempts;
  }
}

function describe(attempts: readonly Attempt[]): string {
  const lines = attempts.map(({ way, reason, remedy }, i) => `  ${i + 1}. ${way}: ${reason}. ${remedy}`);
  return ["No MongoDB server is available. What was tried:", ...lines].join("\n");
}
