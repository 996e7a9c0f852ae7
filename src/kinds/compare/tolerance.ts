/** By how much two values may differ and be the same all the same; exact, whatever their digits. Pure. */
import { parseDuration, parsePercent } from '../../lib/units.js'

/** A number without end of digits: `digits` × 10^-`scale`. */
interface Decimal {
  readonly digits: bigint
  readonly scale: number
}

export type Tolerance =
  | { readonly by: 'number'; readonly most: Decimal }
  /** Of the larger one. */
  | { readonly by: 'percent'; readonly most: Decimal }
  | { readonly by: 'time'; readonly micros: bigint }

/** As the check file has it: 0.01, 0.1%, 500ms. Undefined where it is none of these. */
export function parseTolerance(given: number | string): Tolerance | undefined {
  if (typeof given === 'number') {
    const most = decimalOf(String(given))
    return most === undefined || most.digits < 0n ? undefined : { by: 'number', most }
  }
  const percent = parsePercent(given)
  const most = percent === undefined ? undefined : decimalOf(percent)
  if (most !== undefined) return { by: 'percent', most: { ...most, scale: most.scale + 2 } }
  const ms = parseDuration(given)
  return ms === undefined ? undefined : { by: 'time', micros: BigInt(Math.round(ms * 1000)) }
}

/** `a` and `b` as `toleratedText` has them printed: numbers, or microseconds; anything else is the same only as itself. */
export function within(tolerance: Tolerance, a: string | null, b: string | null): boolean {
  if (a === b) return true
  if (a === null || b === null) return false
  const [one, other] = [decimalOf(a), decimalOf(b)]
  // NaN and the infinities.
  if (one === undefined || other === undefined) return false
  const scale = Math.max(one.scale, other.scale)
  const [x, y] = [digitsAt(one, scale), digitsAt(other, scale)]
  const apart = { digits: size(x - y), scale }
  if (tolerance.by === 'time') return noMore(apart, { digits: tolerance.micros, scale: 0 })
  if (tolerance.by === 'number') return noMore(apart, tolerance.most)
  const larger = size(x) > size(y) ? size(x) : size(y)
  return noMore(apart, { digits: larger * tolerance.most.digits, scale: scale + tolerance.most.scale })
}

function decimalOf(text: string): Decimal | undefined {
  const [whole, sign, before = '', after = '', exponent = '0'] =
    /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,5}))?$/i.exec(text) ?? []
  if (whole === undefined || before + after === '') return undefined
  const digits = BigInt(before + after)
  return { digits: sign === '-' ? -digits : digits, scale: after.length - Number(exponent) }
}

function digitsAt({ digits, scale }: Decimal, wanted: number): bigint {
  return digits * 10n ** BigInt(wanted - scale)
}

function noMore(one: Decimal, other: Decimal): boolean {
  const scale = Math.max(one.scale, other.scale)
  return digitsAt(one, scale) <= digitsAt(other, scale)
}

function size(value: bigint): bigint {
  return value < 0n ? -value : value
}
