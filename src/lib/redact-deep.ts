/** Words of the stream's own vocabulary: a weak secret such as `critical` must not make events unreadable. */
const OWN = new Set(['type', 'id', 'kind', 'severity', 'outcome', 'level', 'op', 'origin', 'finding', 'at', 'run'])
/** Below these stand an event's own fields; below any other name stands data. */
const STRUCTURE = new Set(['checks', 'assertions', 'attempts', 'finding', 'shard', 'parts', 'part', 'judging'])
/** Here the names come from outside as well. */
const FOREIGN = new Set(['row', 'expected', 'actual'])

interface Place {
  /** Fields of the event itself. */
  readonly own: boolean
  /** Names are data, too. */
  readonly foreign: boolean
  /** A number may be a secret of digits. */
  readonly numbers: boolean
}

/** Maps every text of an event, except its own vocabulary. Arguments are left as they are. */
export function mapTexts<T>(event: T, text: (value: string) => string): T {
  return walk(event, text, { own: true, foreign: false, numbers: false }) as T
}

function walk(value: unknown, text: (value: string) => string, place: Place): unknown {
  if (typeof value === 'string') return text(value)
  if (typeof value === 'number') return place.numbers ? numberOf(value, text) : value
  if (Array.isArray(value)) return value.map((item) => walk(item, text, place))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      if (place.own && typeof item === 'string' && OWN.has(name)) return [name, item]
      const foreign = place.foreign || FOREIGN.has(name)
      const numbers = foreign || place.numbers || (place.own && name === 'subjects')
      const inside = { own: place.own && !foreign && STRUCTURE.has(name), foreign, numbers }
      return [place.foreign ? text(name) : name, walk(item, text, inside)]
    }),
  )
}

function numberOf(value: number, text: (value: string) => string): number | string {
  const shown = text(String(value))
  return shown === String(value) ? value : shown
}
