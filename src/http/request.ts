import type { ErrorType } from "../domain/failure.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  /** The kind of request, for counting: `messages`, say, without ids. */
  readonly endpoint: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly bearer?: string;
  /** Says what an answer means; a source knows that better than a status code does. */
  readonly classify: ClassifyResponse;
}

export interface HttpResponse {
  readonly status: number;
  /** The parsed JSON body; undefined when it is not JSON. */
  readonly body: unknown;
}

export interface RequestFailure {
  readonly type: ErrorType;
  /** Safe to print: no guest data, no secrets. */
  readonly reason: string;
  /** What the server says about it, as it came. */
  readonly words?: string;
  /** What a person can do, where more is known than the type tells. */
  readonly remedy?: string;
}

/** Null when the answer is good. */
export type ClassifyResponse = (answer: HttpResponse) => RequestFailure | null;

export interface Attempt {
  readonly endpoint: string;
  /** 1 for the first try. */
  readonly number: number;
  /** Null when no answer came. */
  readonly status: number | null;
  /** The server's clock as its `Date` header shows it, to the second. */
  readonly serverTime: Date | null;
}
