import type { ErrorType } from "../domain/failure.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  /** The kind of request, for counting: `messages`, say, without ids. */
  readonly endpoint: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly bearer?: string;
  /** Classifies a response: a source has more to go by than the status code. */
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
  /** The server's own error message, unchanged. */
  readonly words?: string;
  /** Advice for a person, where more is known than the type tells. */
  readonly remedy?: string;
}

/** Null for a successful response. */
export type ClassifyResponse = (answer: HttpResponse) => RequestFailure | null;

export interface Attempt {
  readonly endpoint: string;
  /** 1 for the first try. */
  readonly number: number;
  /** Null when no response came. */
  readonly status: number | null;
  /** The server's clock as its `Date` header shows it, to the second. */
  readonly serverTime: Date | null;
}
