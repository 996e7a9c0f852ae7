/**
 * Keys that are one name spelled in two ways. Only residues are looked at like this, never the merge itself: a key
 * that is there exactly is never mistaken for another.
 */
import { type Key, keyFromText, keyToText } from '../lib/key.js'

export const SPELLINGS = [
  'character encoding',
  'percent-encoding',
  'Unicode form',
  'letter case',
  'path',
  'kind of blank',
  'writing of reserved characters',
  'invisible character',
  'end of a name',
] as const
export type Spelling = (typeof SPELLINGS)[number]

export interface SpellingDifference {
  /** What alone keeps the two apart, in words. */
  readonly reason: string
  /** Lower is the nearer of two. */
  readonly distance: number
}

const EXTENSION_DISTANCE = 10

/**
 * Equal for any two keys `spellingDifference` knows to be related: the plainest spelling, without the extension.
 * One byte in each character.
 */
export function spellingGroup(key: Key): Key {
  return keyFromText(withoutExtension(plain(key)))
}

/** How `missing` and `found` differ, or undefined where they are not one name. Equal keys are not asked about. */
export function spellingDifference(missing: Key, found: Key): SpellingDifference | undefined {
  const [a, b] = [plain(missing), plain(found)]
  if (a !== b && withoutExtension(a) !== withoutExtension(b)) return undefined
  const reasons = SPELLINGS.filter((left) => {
    const others = SPELLINGS.filter((spelling) => spelling !== left)
    return withoutExtension(plain(missing, others)) !== withoutExtension(plain(found, others))
  })
  const words = reasons.length === 0 && a === b ? ['spelling'] : [...reasons]
  const distance = words.length
  return a === b
    ? { reason: `another ${words.join(' and ')}`, distance }
    : { reason: ['another extension', ...words].join(' and '), distance: distance + EXTENSION_DISTANCE }
}

/** Left behind where names are copied out of texts; a reader sees none of them. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060\ufeff]|\ufe0e|\ufe0f/g
/** A `+` is a blank in forms; macOS puts a narrow one into the names of screenshots. */
const BLANKS = /[+\u00a0\u2007\u2009\u202f\u3000]/g
/**
 * What Windows reserves, and what is put in its place: by many programs `_`, by rclone full-width forms, by Samba, SMB
 * clients and macOS characters of private use (U+F020 to U+F029 and U+F000 with the character added).
 */
const RESERVED =
  /[ _:*?"<>|\uff1a\uff0a\uff1f\uff02\uff1c\uff1e\uff5c\uf020-\uf027\uf02a\uf03a\uf03c\uf03e\uf03f\uf07c]/g

function plain(key: Key, spellings: readonly Spelling[] = SPELLINGS): string {
  let text = asText(key, spellings.includes('character encoding'))
  if (spellings.includes('percent-encoding')) text = decodePercent(text)
  if (spellings.includes('Unicode form')) text = text.normalize('NFC')
  if (spellings.includes('invisible character')) text = text.replace(INVISIBLE, '')
  if (spellings.includes('letter case')) text = text.toLowerCase()
  if (spellings.includes('kind of blank')) text = text.replace(BLANKS, ' ')
  if (spellings.includes('path')) text = cleanPath(text)
  if (spellings.includes('end of a name')) text = text.replace(/[ .\u2420\uff0e\uf028\uf029]+(?=\/|$)/g, '')
  return spellings.includes('writing of reserved characters') ? text.replace(RESERVED, '_') : text
}

/**
 * Bytes that are not UTF-8 are read as Latin-1, and UTF-8 that went through a Latin-1 conversion once too often is
 * read back: both are what a move between file systems or through an archive leaves behind.
 */
function asText(key: Key, mend: boolean): string {
  const text = keyToText(key)
  if (keyFromText(text) !== key) return mend ? key : text
  if (!mend || !/[\u0080-\u00ff]/.test(text) || /[^\0-\u00ff]/.test(text)) return text
  const bytes = Buffer.from(text, 'latin1')
  const inner = bytes.toString('utf8')
  return Buffer.from(inner, 'utf8').equals(bytes) ? inner : text
}

function decodePercent(text: string): string {
  let current = text
  // Encoded twice is common, thrice is not.
  for (let round = 0; round < 2; round++) {
    const next = current.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => {
      try {
        return decodeURIComponent(run)
      } catch {
        return run
      }
    })
    if (next === current) break
    current = next
  }
  return current
}

/** `./a//b/`, `/a/b` and `a\b` are `a/b`. */
function cleanPath(text: string): string {
  return text
    .replaceAll('\\', '/')
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
    .join('/')
}

function withoutExtension(text: string): string {
  const slash = text.lastIndexOf('/')
  const dot = text.lastIndexOf('.')
  return dot > slash + 1 ? text.slice(0, dot) : text
}
