import { z } from "zod";
import { lenient } from "../transform/lenient.ts";

const BareToken = z.object({
  access_token: z.string().min(1).max(65_536),
  /** Seconds. */
  expires_in: lenient(z.coerce.number<number | string>().positive().finite()),
});

/** The answer of `POST /accessTokens`: bare (documented and recorded), or in the envelope of all others. */
export const AccessToken = z.union([
  BareToken,
  z.object({ result: BareToken }).transform(({ result }) => result),
]);
export type AccessToken = z.infer<typeof AccessToken>;

/** Now and then numbers come as text. */
const Count = z.union([
  z.int().nonnegative(),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);

/** The envelope around a list. Items stay `unknown`, so that one bad record cannot fail its page. */
export const ListEnvelope = z.object({
  result: z.array(z.unknown()),
  /** How many items match in all, not how many this page holds; some servers put the latter, or 0, or nothing. */
  count: lenient(Count),
  /** As the server understood the question; smaller than asked for where it gives fewer. */
  limit: lenient(Count),
  /** Conversations and messages have it, the other lists do not (recorded). */
  totalPages: lenient(Count),
});
export type ListEnvelope = z.infer<typeof ListEnvelope>;

/** The envelope around one object. */
export const ObjectEnvelope = z.object({ result: z.record(z.string(), z.unknown()) });
