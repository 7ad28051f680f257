import type { Endpoint } from "./routes.ts";

/** A request that the rate limit admitted, just before its response is made. */
export interface AdmittedRequest {
  readonly endpoint: Endpoint;
  /** Path and query, without `/v1`. */
  readonly path: string;
  /** Counts the admitted requests of this endpoint, from 1. */
  readonly nth: number;
}

export type RequestListener = (request: AdmittedRequest) => void;

export interface RequestListeners {
  /** Returns a function that removes the listener. */
  add(listener: RequestListener): () => void;
  tell(request: Omit<AdmittedRequest, "nth">): void;
}

export function createRequestListeners(): RequestListeners {
  const listeners = new Set<RequestListener>();
  const counts = new Map<Endpoint, number>();
  return {
    add(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    tell(request) {
      const nth = (counts.get(request.endpoint) ?? 0) + 1;
      counts.set(request.endpoint, nth);
      for (const listener of [...listeners]) listener({ ...request, nth });
    },
  };
}
