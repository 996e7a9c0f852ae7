const DAY = 86_400_000

/** When an ISO date (`2026-12-31`) is over, in UTC: the first millisecond of the next day. A malformed date is over. */
export function endOfDay(date: string): number {
  const start = Date.parse(`${date.slice(0, 10)}T00:00:00Z`)
  return Number.isNaN(start) ? Number.NEGATIVE_INFINITY : start + DAY
}
