import { createTask } from "node-cron";

/**
 * Whether a cron expression names a day, by crontab's rule: where the day of the month and the weekday are
 * both restricted, a day matches when either does. node-cron requires both, so each of them is matched on its
 * own.
 *
 * Days are matched in UTC: a calendar is the same everywhere, only its moments are not.
 *
 * @param expression that node-cron accepts
 * @returns a test for a moment at one of the expression's times of day
 */
export function matchesDay(expression: string): (moment: Date) => boolean {
  const fields = expression.trim().split(/\s+/);
  const [dayOfMonth = "*", month = "*", weekday = "*"] = fields.slice(-3);
  if (isUnrestricted(dayOfMonth) || isUnrestricted(weekday)) return matcherOf(expression);
  const times = fields.slice(0, -3);
  const byDate = matcherOf([...times, dayOfMonth, month, "*"].join(" "));
  const byWeekday = matcherOf([...times, "*", month, weekday].join(" "));
  return (moment) => byDate(moment) || byWeekday(moment);
}

/** crontab(5): a field that begins with a star, "every second day" too, restricts nothing; `?` is node-cron's other star. */
function isUnrestricted(field: string): boolean {
  return /^[*?@]/.test(field);
}

function matcherOf(expression: string): (moment: Date) => boolean {
  const task = createTask(expression, () => undefined, { timezone: "UTC" });
  return (moment) => task.match(moment);
}
