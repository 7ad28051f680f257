/** A query that cannot be run as given. Names the field; never quotes its value. */
export class SearchError extends Error {
  override readonly name = "SearchError";
  readonly field: string;
  readonly problem: string;

  constructor(field: string, problem: string) {
    super(`${field}: ${problem}`);
    this.field = field;
    this.problem = problem;
  }
}
