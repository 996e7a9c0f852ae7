import { endOfDay } from './end-of-day.js'
import type { Outcome } from './outcome.js'
import type { Waiver } from './waiver.js'

/** The waiver that covers this outcome of the check now; undefined where none does, or it has expired. */
export function waiverFor(check: string, outcome: Outcome, waivers: readonly Waiver[], now: Date): Waiver | undefined {
  return waivers.find(
    (waiver) =>
      waiver.check === check && (waiver.covers as readonly Outcome[]).includes(outcome) && !expired(waiver, now),
  )
}

/** What is to be said of waivers that do nothing: expired, or for a check there is not. */
export function waiverWarnings(waivers: readonly Waiver[], ids: ReadonlySet<string>, now: Date): readonly string[] {
  return waivers.flatMap((waiver) => {
    if (!ids.has(waiver.check)) return [`there is no check "${waiver.check}" for the waiver "${waiver.reason}"`]
    return expired(waiver, now)
      ? [`the waiver of "${waiver.check}" expired on ${waiver.expires}: ${waiver.reason}`]
      : []
  })
}

function expired(waiver: Waiver, now: Date): boolean {
  return waiver.expires !== undefined && now.getTime() >= endOfDay(waiver.expires)
}
