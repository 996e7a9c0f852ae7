import { endOfDay } from '../judge/end-of-day.js'
import type { Finding, Known } from '../kinds/kind.js'
import { keyFromJson } from '../lib/key.js'
import { compileRegex } from '../lib/regex.js'

export interface KnownFindings {
  /** Whether the check file lists this finding. */
  readonly lists: (finding: Finding) => boolean
  /** Keys listed and not seen; telling, once the check has looked at everything. */
  readonly unseen: () => number
  readonly seen: () => number
}

/** Undefined where nothing is known, or the list has expired. */
export function createKnown(known: Known | undefined, now: Date): KnownFindings | undefined {
  if (known === undefined || hasExpired(known, now)) return undefined
  const pattern = known.match === undefined ? undefined : compileRegex(known.match)
  const seen = new Set<string>()
  return {
    lists: ({ key, key_b64 }) => {
      if (key === undefined) return false
      const bytes = keyFromJson({ key, ...(key_b64 === undefined ? {} : { key_b64 }) })
      if (known.keys.has(bytes)) {
        seen.add(bytes)
        return true
      }
      return pattern?.matcher(key).find() ?? false
    },
    unseen: () => known.keys.size - seen.size,
    seen: () => seen.size,
  }
}

export function hasExpired(known: Known, now: Date): boolean {
  return known.expires !== undefined && now.getTime() >= endOfDay(known.expires)
}
