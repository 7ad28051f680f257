import { z } from "zod";
import { CHECK_BASE_URL, type ErrorType } from "../domain/failure.ts";
import type { ClassifyResponse, HttpResponse, RequestFailure } from "../http/request.ts";

/** At Hostaway a 403 has half a dozen meanings. Only this message is about the token. */
const TOKEN_REFUSED = "resource owner or authorization server denied";

const BY_STATUS: Readonly<Record<number, ErrorType>> = {
  401: "unauthorized",
  404: "not_found",
  408: "timeout",
  429: "rate_limit",
};

/** The error text stands in `message` or in `result`, depending on the endpoint; OAuth has its own key. */
const ErrorBody = z.object({
  status: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  result: z.string().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
});

/**
 * Classifies responses of all endpoints but the token's: by the body's `status` first, as HTTP 200 with
 * `fail` exists.
 */
export const classifyResponse: ClassifyResponse = (answer) => {
  const complaint = ErrorBody.safeParse(answer.body);
  if (answer.status === 200 && complaint.success && complaint.data.status === "success") return null;
  if (answer.status === 200 && (!complaint.success || complaint.data.status === undefined)) {
    return { type: "server_error", reason: "HTTP 200 whose body is not Hostaway's JSON" };
  }
  return statusFailure(answer);
};

/**
 * The same for a list that always exists: a 404 means a wrong base URL. A list that belongs to an item, the
 * messages of a conversation, may be deleted with it.
 */
export const classifyListResponse: ClassifyResponse = (answer) => withoutList(classifyResponse(answer));

function withoutList(refusal: RequestFailure | null): RequestFailure | null {
  if (refusal?.type !== "not_found") return refusal;
  return {
    type: "unexpected",
    reason: "HTTP 404, no such list at this address",
    remedy: CHECK_BASE_URL,
  };
}

/** The token endpoint responds without the envelope; 401 means wrong credentials. */
export const classifyTokenResponse: ClassifyResponse = (answer) => {
  if (answer.status === 200 && answer.body !== undefined) return null;
  if (answer.status === 401)
    return { type: "unauthorized", reason: "Hostaway does not accept the credentials" };
  if (answer.status === 200) return { type: "server_error", reason: "HTTP 200 whose body is not JSON" };
  if (answer.status === 404)
    return {
      type: "unexpected",
      reason: "HTTP 404, no token endpoint at this address",
      remedy: CHECK_BASE_URL,
    };
  return statusFailure(answer);
};

function statusFailure(answer: HttpResponse): RequestFailure {
  if (answer.status >= 300 && answer.status < 400)
    return {
      type: "unexpected",
      reason: `HTTP ${answer.status}, an unexpected redirect`,
      remedy: CHECK_BASE_URL,
    };
  return { type: typeOfFailure(answer), reason: `HTTP ${answer.status}`, words: messageOf(answer.body) };
}

function typeOfFailure({ status, body }: HttpResponse): ErrorType {
  if (status === 403 && messageOf(body).includes(TOKEN_REFUSED)) return "unauthorized";
  // 204 and the like: a response without the requested JSON.
  return (
    BY_STATUS[status] ?? (status >= 500 || (status > 200 && status < 300) ? "server_error" : "unexpected")
  );
}

function messageOf(body: unknown): string {
  const complaint = ErrorBody.safeParse(body).data;
  return complaint?.message || complaint?.result || complaint?.error || "";
}
