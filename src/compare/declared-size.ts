/** Sizes as rows declare them: exact decimals of some unit, now and then rounded. Never `Number()` on them. */
import { Big } from 'big.js'

/**
 * What a declared size comes to: exact bytes as a decimal and, where it may be off, `~` and by how many bytes.
 * `1234`, `12340~5`.
 */
export type SizeToken = string

// The exponent is bounded: 1e999999999 is a number nobody should write out in full.
const NUMBER = /^\d{1,40}(?:\.\d{1,40})?(?:[eE][+-]?\d{1,2})?$/
const PLAIN = /^(?:0|[1-9]\d{0,18})$/

/** Undefined where the text is not a size: negative, not a number. `unit` and `tolerance` are bytes. */
export function sizeToken(text: string, unit: number, tolerance: number): SizeToken | undefined {
  if (unit === 1 && tolerance === 0 && PLAIN.test(text)) return text
  if (!NUMBER.test(text)) return undefined
  const bytes = new Big(text).times(unit).toFixed()
  return tolerance === 0 ? bytes : `${bytes}~${tolerance}`
}

/** Whether `actual` bytes are what the row declares. */
export function sizeAgrees(token: SizeToken, actual: number): boolean {
  if (token === String(actual)) return true
  const [bytes = '', tolerance = '0'] = token.split('~')
  return new Big(bytes).minus(actual).abs().lte(tolerance)
}

/** The bytes without the tolerance. */
export function sizeBytes(token: SizeToken): Big {
  return new Big(token.split('~')[0] ?? '0')
}

/** Of many sizes those that no other one makes redundant: what agrees with these agrees with all. `!` is kept. */
export function strictest(tokens: readonly SizeToken[]): readonly SizeToken[] {
  let least: { readonly token: SizeToken; readonly bound: Big } | undefined
  let most: typeof least
  for (const token of tokens) {
    if (token === '!') continue
    const tolerance = token.split('~')[1] ?? '0'
    const [from, to] = [sizeBytes(token).minus(tolerance), sizeBytes(token).plus(tolerance)]
    if (least === undefined || from.gt(least.bound)) least = { token, bound: from }
    if (most === undefined || to.lt(most.bound)) most = { token, bound: to }
  }
  const kept = [least?.token, most?.token]
  return tokens.filter((token) => token === '!' || kept.includes(token))
}
