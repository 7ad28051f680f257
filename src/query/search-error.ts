/** A question that cannot be asked like this. Names the field; never quotes more than that. */
export class SearchError extends Error {
  override readonly name = "SearchError";
  readonly field: string;

  constructor(field: string, problem: string) {
    super(`${field}: ${problem}`);
    this.field = field;
  }
}
