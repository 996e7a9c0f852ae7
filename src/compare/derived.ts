/** Entries an application makes from others: a thumbnail belongs to its parent. */
import { type Key, keyFromLatin1, keyFromText } from '../lib/key.js'

export const DERIVED_PARTS = ['key', 'dir', 'name', 'stem', 'ext'] as const
type Part = (typeof DERIVED_PARTS)[number]

const PLACEHOLDER = /\{([a-z]*)\}/g

/** Why a pattern is none; undefined where it is one. */
export function derivedProblem(pattern: string): string | undefined {
  const parts = [...pattern.matchAll(PLACEHOLDER)].map((match) => match[1] ?? '')
  const unknown = parts.find((part) => !(DERIVED_PARTS as readonly string[]).includes(part))
  if (unknown !== undefined) return `{${unknown}} is not one of ${DERIVED_PARTS.map((part) => `{${part}}`).join(' ')}`
  if (!parts.some((part) => part === 'key' || part === 'name' || part === 'stem')) {
    return 'it names no parent: one of {key}, {name} and {stem} must stand in it'
  }
  return undefined
}

/**
 * The key an entry derived from `key` has. Walking from the parent to its derivative leaves nothing to guess, where a
 * derivative could be read in several ways. An empty `{dir}` takes its slash along, an empty `{ext}` its dot.
 */
export function compileDerived(pattern: string): (key: Key) => Key {
  const pieces = pattern.split(PLACEHOLDER).map((piece, index) => (index % 2 === 0 ? keyFromText(piece) : piece))
  return (key) => {
    const parts = partsOf(key)
    let out = ''
    let dropSlash = false
    for (const [index, piece] of pieces.entries()) {
      if (index % 2 === 0) {
        out += dropSlash && piece.startsWith('/') ? piece.slice(1) : piece
        dropSlash = false
        continue
      }
      const value = parts[piece as Part]
      if (piece === 'ext' && value === '' && out.endsWith('.')) out = out.slice(0, -1)
      dropSlash = piece === 'dir' && value === ''
      out += value
    }
    return keyFromLatin1(out)
  }
}

function partsOf(key: Key): Readonly<Record<Part, string>> {
  const slash = key.lastIndexOf('/')
  const name = key.slice(slash + 1)
  const dot = name.lastIndexOf('.')
  const dotted = dot > 0
  return {
    key,
    dir: slash < 0 ? '' : key.slice(0, slash),
    name,
    stem: dotted ? name.slice(0, dot) : name,
    ext: dotted ? name.slice(dot + 1) : '',
  }
}
