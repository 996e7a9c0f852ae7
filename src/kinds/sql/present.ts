import type { Json } from '../../lib/value.js'
import type { Finding, Presented } from '../kind.js'

export function present({ row, fix }: Finding): Presented {
  const detail = fix === undefined ? [] : [`fix: ${fix}`]
  if (row === undefined) return { headline: 'a row, not shown', detail }
  const cells = Object.entries(row).map(([column, value]) => `${column} = ${text(value)}`)
  return { headline: cells.join(', '), detail }
}

function text(value: Json): string {
  return value === null ? 'NULL' : typeof value === 'string' ? JSON.stringify(value) : String(value)
}
