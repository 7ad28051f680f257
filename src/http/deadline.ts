/** Unlike `AbortSignal.any`, a deadline leaves no listener on a caller's signal that lives for hours. */
export function withDeadline(caller: AbortSignal, ms: number) {
  const controller = new AbortController();
  let expired = false;
  const stop = () => controller.abort(caller.reason);
  const timer = setTimeout(() => {
    expired = true;
    controller.abort();
  }, ms);
  if (caller.aborted) stop();
  caller.addEventListener("abort", stop, { once: true });
  return {
    signal: controller.signal,
    expired: () => expired,
    end() {
      clearTimeout(timer);
      caller.removeEventListener("abort", stop);
    },
  };
}
