import { z } from "zod";
import { lenient } from "../transform/lenient.ts";

const BareToken = z.object({
  access_token: z.string().min(1).max(65_536),
  /** Seconds. */
  expires_in: lenient(z.coerce.number<number | string>().positive().finite()),
});

/**
 * The response of `POST /accessTokens`: without an envelope (documented and recorded), or in the usual one.
 */
export const AccessToken = z.union([
  BareToken,
  z.object({ result: BareToken }).transform(({ result }) => result),
]);
export type AccessToken = z.infer<typeof AccessToken>;

/** Numbers sometimes come as text. */
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
  /** The number of all matching items, not of this page's; some servers put the latter, or 0, or nothing. */
  count: lenient(Count),
  /** The limit in force; smaller than the requested one where the server gives fewer. */
  limit: lenient(Count),
  /** Sent for conversations and messages, not for the other lists (recorded). */
  totalPages: lenient(Count),
});
export type ListEnvelope = z.infer<typeof ListEnvelope>;

/** The envelope around one object. */
export const ObjectEnvelope = z.object({ result: z.record(z.string(), z.unknown()) });
