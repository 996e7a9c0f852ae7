/** A finding of a comparison in words. Pure. */
import type { Finding, Presented } from '../kind.js'

const HEADLINES: Readonly<Record<string, string>> = {
  missing: 'is missing in the target',
  extra: 'is not in the source',
  changed: 'differs',
}

const OF_TABLES: Readonly<Record<string, string>> = {
  tables_missing: 'is missing in the target',
  tables_extra: 'is not in the source',
}

export function present({ finding, key, reason, refs, actual }: Finding): Presented {
  const ofTable = OF_TABLES[finding]
  if (ofTable !== undefined) return { headline: `table ${key ?? ''} ${ofTable}`, detail: [] }
  const columns = actual?.['columns']
  const detail = [
    ...(Array.isArray(columns) ? [`in ${columns.join(', ')}`] : []),
    ...(reason === undefined ? [] : [reason]),
    ...(refs === undefined || refs < 2 ? [] : [`${refs} such rows`]),
  ]
  return { headline: `${key ?? 'a row'} ${HEADLINES[finding] ?? finding}`, detail }
}
