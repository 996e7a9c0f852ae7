/** Words of the stream's own vocabulary: a weak secret such as `critical` must not make events unreadable. */
const OWN = new Set(['type', 'id', 'kind', 'severity', 'outcome', 'level', 'op', 'origin', 'finding', 'at', 'run'])
/** Below these stand an event's own fields; below any other name stands data. */
const STRUCTURE = new Set(['checks', 'assertions', 'attempts', 'finding'])
/** Here the names come from outside as well. */
const FOREIGN = new Set(['row', 'expected', 'actual'])

/** Maps every text of an event, except its own vocabulary. Arguments are left as they are. */
export function mapTexts<T>(event: T, text: (value: string) => string): T {
  return walk(event, text, true, false) as T
}

function walk(value: unknown, text: (value: string) => string, own: boolean, foreign: boolean): unknown {
  if (typeof value === 'string') return text(value)
  if (Array.isArray(value)) return value.map((item) => walk(item, text, own, foreign))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      if (own && typeof item === 'string' && OWN.has(name)) return [name, item]
      const inside = foreign || FOREIGN.has(name)
      return [foreign ? text(name) : name, walk(item, text, own && !inside && STRUCTURE.has(name), inside)]
    }),
  )
}
