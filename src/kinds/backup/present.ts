/** A finding of a backup check in words. Pure. */
import { formatNumber } from '../../lib/text.js'
import type { Facts, Finding, Presented } from '../kind.js'

const HEADLINES: Readonly<Record<string, string>> = {
  missing_copy: 'has no copy',
  missing_contents: 'is not in the backup',
}

export function presentBackup({ finding, key, store, expected, actual, reason }: Finding): Presented {
  const words = finding === 'missing_copy' && actual !== undefined ? 'has a copy of another size' : HEADLINES[finding]
  const headline = key === undefined ? (words ?? finding) : `${key}: ${words ?? finding}`
  const detail = [
    ...(expected === undefined ? [] : [`expected ${facts(expected)}`]),
    ...(actual === undefined ? [] : [`actual ${facts(actual)}`]),
    ...(reason === undefined ? [] : [reason]),
    ...(store === undefined ? [] : [`in ${store}`]),
  ]
  return { headline, detail }
}

function facts(values: Facts): string {
  return Object.entries(values)
    .map(([name, value]) => (name === 'size' ? `${formatNumber(String(value))} bytes` : `${name} ${value}`))
    .join(', ')
}
