/** Slices of the keys that are the same in every run, and what a slice without a fault proves about the whole. */
import type { Key } from '../lib/key.js'

/** The `slice`-th (from 1) of `slices` equal parts. */
export interface Sample {
  readonly slice: number
  readonly slices: number
}

/** `1/100`, or undefined where the text is none or there is no such slice. */
export function parseSample(text: string): Sample | undefined {
  const match = /^(\d{1,9})\/(\d{1,9})$/.exec(text)
  if (match === null) return undefined
  const [slice, slices] = [Number(match[1]), Number(match[2])]
  return slice >= 1 && slice <= slices ? { slice, slices } : undefined
}

/** Every key is in exactly one slice of `slices`, and in the same one in every run and version. */
export function inSample(key: Key, { slice, slices }: Sample): boolean {
  return stableHash(key) % slices === slice - 1
}

/** FNV-1a over the bytes with the finalizer of MurmurHash3, for FNV's low bits alone are not even. 32 bits. */
export function stableHash(key: Key): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/**
 * The largest share of bad keys, in percent, that a sample of `examined` without a bad one leaves possible at 95 %
 * confidence: 1 − 0.05^(1/n), rounded up to two significant digits. Text, for instance `0.1`.
 */
export function boundAt95(examined: number): string {
  const percent = -Math.expm1(Math.log(0.05) / examined) * 100
  const digits = Math.max(0, 1 - Math.floor(Math.log10(percent)))
  const scale = 10 ** digits
  // The rule of three is itself rounded: a hair above a round number must not become the next one up.
  return (Math.ceil(percent * scale - 0.01) / scale).toString()
}
