import { dayText } from "../time.ts";

/** `latestActivityStart` and `latestActivityEnd`: days in UTC, both included. */
export function activityDays(query: URLSearchParams): (activityAt: number) => boolean {
  const from = query.get("latestActivityStart");
  const to = query.get("latestActivityEnd");
  if (from === null && to === null) return () => true;
  return (activityAt) => {
    const day = dayText(activityAt);
    return (from === null || day >= from) && (to === null || day <= to);
  };
}
