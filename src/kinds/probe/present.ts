/** What a probe found, in words. Pure. */
import type { Json } from '../../lib/value.js'
import type { Finding, Presented } from '../kind.js'

export function present({ finding, key, row, reason, fix }: Finding): Presented {
  const object = key ?? 'an object'
  const detail = [...(reason === undefined ? [] : [reason]), ...(fix === undefined ? [] : [`fix: ${fix}`])]
  if (finding === 'unprobed') return { headline: `${object} was not probed`, detail }
  const cells = Object.entries(row ?? {}).map(([column, value]) => `${column} = ${text(value)}`)
  return { headline: cells.length === 0 ? object : `${object}: ${cells.join(', ')}`, detail }
}

function text(value: Json): string {
  return value === null ? 'NULL' : typeof value === 'string' ? JSON.stringify(value) : String(value)
}
