import { z } from "zod";
import type { ErrorType } from "../domain/failure.ts";
import type { Answer, Judge, Refusal } from "../http/http-client.ts";

/** At Hostaway a 403 means half a dozen things. Only with these words does it mean the token. */
const TOKEN_REFUSED = "resource owner or authorization server denied";

const BY_STATUS: Readonly<Record<number, ErrorType>> = {
  401: "unauthorized",
  404: "not_found",
  408: "timeout",
  429: "rate_limit",
};

/** The error text stands in `message` or in `result`, depending on the endpoint; OAuth has its own key. */
const Complaint = z.object({
  status: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  result: z.string().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
});

/** Judges every endpoint but the token's: by the body's `status` first, as HTTP 200 with `fail` exists. */
export const judgeEnvelope: Judge = (answer) => {
  const complaint = Complaint.safeParse(answer.body);
  if (answer.status === 200 && complaint.success && complaint.data.status === "success") return null;
  if (answer.status === 200 && (!complaint.success || complaint.data.status === undefined)) {
    return { type: "server_error", reason: "HTTP 200 whose body is not Hostaway's JSON" };
  }
  return refusalOf(answer);
};

/** The token endpoint answers bare, without the envelope; 401 is its word for wrong credentials. */
export const judgeToken: Judge = (answer) => {
  if (answer.status === 200 && answer.body !== undefined) return null;
  if (answer.status === 401)
    return { type: "unauthorized", reason: "Hostaway does not accept the credentials" };
  if (answer.status === 200) return { type: "server_error", reason: "HTTP 200 whose body is not JSON" };
  return refusalOf(answer);
};

function refusalOf(answer: Answer): Refusal {
  return { type: typeOf(answer), reason: `HTTP ${answer.status}`, words: wordsOf(answer.body) };
}

function typeOf({ status, body }: Answer): ErrorType {
  if (status === 403 && wordsOf(body).includes(TOKEN_REFUSED)) return "unauthorized";
  return BY_STATUS[status] ?? (status >= 500 ? "server_error" : "unexpected");
}

function wordsOf(body: unknown): string {
  const complaint = Complaint.safeParse(body).data;
  return complaint?.message || complaint?.result || complaint?.error || "";
}
