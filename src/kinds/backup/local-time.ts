/** A time as a clock in some zone showed it, to the instant it was. Pure. */

/** `local`: milliseconds since 1970 as if that clock showed UTC. An hour that came twice is taken for the first. */
export function instantOf(local: number, timeZone: string): number {
  const first = local - offsetAt(local, timeZone)
  return local - offsetAt(first, timeZone)
}

/** Milliseconds that the zone is ahead of UTC at an instant. */
function offsetAt(instant: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000
}
