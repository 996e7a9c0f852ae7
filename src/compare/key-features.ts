/**
 * What two keys of one file have in common, however its path was changed: its name, its name without the extension, a
 * directory called like it, an id spread over several directories. Pure.
 */
import type { Key } from '../lib/key.js'
import { urlDecode } from './rewrite.js'

const SHORT = 3
const MOST_JOINED = 4

/** Of a key in the store. Each once. */
export function features(key: Key): readonly string[] {
  const segments = key.split('/')
  const name = segments.at(-1) ?? ''
  const all = [key, name, stemOf(name), ...segments.filter(({ length }) => length >= SHORT)]
  let joined = name
  for (const segment of segments.slice(-MOST_JOINED, -1).reverse()) {
    joined = segment + joined
    all.push(joined, stemOf(joined))
  }
  return [...new Set(all)]
}

/** Of a key in the rows, which may be a URL, or written as in one. */
export function rowFeatures(key: Key): readonly string[] {
  const plain = key.replace(/[?#].*$/s, '') as Key
  const decoded = [key, plain].flatMap((one) => [one, urlDecode(one) ?? one])
  return [...new Set(decoded.flatMap(features))]
}

function stemOf(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot > 0 ? name.slice(0, dot) : name
}
