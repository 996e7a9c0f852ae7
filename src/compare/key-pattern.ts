/**
 * Learns a regular expression from one pair of keys: a level of directories lost, added or renamed in the middle, a name
 * that became a directory, an id spread over directories. Pure.
 */
import { type Key, keyFromText, keyToText } from '../lib/key.js'

/** A pattern and what takes its place, written so that they mean the same in RE2 and in JavaScript. */
export type Pattern = readonly [from: string, to: string]

const ANY = '[^/]+'
/** Groups `$1` to `$9`: beyond that a digit could not be told from the text behind it. */
const MOST_GROUPS = 9
const MOST_SEGMENTS = 8
/** Shorter texts are found in each other by chance. */
const SHORT = 3
/** Directories an id is spread over are named by fewer of its characters than this. */
const SLICE = 5
const ASCII = /^[\x21-\x7e]*$/

/** Empty where the keys are no text, or not alike. */
export function learnPattern(missing: Key, found: Key): readonly Pattern[] {
  const [from, to] = [keyToText(missing), keyToText(found)]
  if (keyFromText(from) !== missing || keyFromText(to) !== found || /[$\n]/.test(to)) return []
  const [left, right] = [from.split('/'), to.split('/')]
  let head = 0
  while (head < Math.min(left.length, right.length) - 1 && left[head] === right[head]) head++
  const [before, behind] = [left.slice(head), right.slice(head)]
  if (before.length > MOST_SEGMENTS || behind.length > MOST_SEGMENTS || before.includes('')) return []
  const patterns = [
    ...middle(before, behind),
    ...rearranged(before, behind, 'segment'),
    ...rearranged(before, behind, 'stem'),
  ]
  return patterns.filter(([one, other]) => from.replace(new RegExp(one, 'gu'), other) === to)
}

/** `…/originals/a` ↔ `…/a`: what stands between what both begin with and what both end with. */
function middle(before: readonly string[], behind: readonly string[]): readonly Pattern[] {
  let tail = 0
  while (tail < Math.min(before.length, behind.length) && before.at(-1 - tail) === behind.at(-1 - tail)) tail++
  if (tail === 0) return []
  const gone = before.slice(0, before.length - tail)
  const come = behind.slice(0, behind.length - tail).map((segment) => `${segment}/`)
  if (gone.length === 0) {
    const rest = `((?:${ANY}/){${tail - 1}}${ANY})$`
    return [[`(^|/)${rest}`, `$1${come.join('')}$2`]]
  }
  const named = gone.map((segment) => `${quotePattern(segment)}/`).join('')
  const some = `${ANY}/`.repeat(gone.length)
  return [
    [`(^|/)${named}`, `$1${come.join('')}`],
    [`(^|/)${some}((?:${ANY}/){${tail - 1}}${ANY})$`, `$1${come.join('')}$2`],
  ]
}

/** A part of the missing key, and the groups that hold it or pieces of it. */
interface Part {
  readonly text: string
  readonly segment: number
  readonly role: 'segment' | 'stem' | 'extension'
  used: boolean
  /** Lengths of the pieces taken off its start. */
  slices: number[]
}

/**
 * Each segment of the key in the store is put together of parts of the key in the rows, and of what is always there.
 * `sliced`: what directories named after the start of an id are cut from.
 */
function rearranged(before: readonly string[], behind: readonly string[], sliced: Part['role']): readonly Pattern[] {
  const parts = partsOf(before)
  const template = behind.map((segment) => segmentOf(segment, parts, sliced))
  if (template.flat().every((piece) => typeof piece === 'string')) return []
  const groups = new Map<string, number>()
  // The first group is what stands before, a slash or nothing.
  let count = 1
  const group = (name: string) => {
    count++
    groups.set(name, count)
  }
  const patternOf = (part: Part | undefined, otherwise: (text: string) => string, lazy = ''): string => {
    if (part === undefined) return ''
    if (!part.used && part.slices.length === 0) return otherwise(part.text)
    group(nameOf(part))
    const pieces = part.slices.map((length, index) => {
      group(`${nameOf(part)} ${index}`)
      return `([^/]{${length}})`
    })
    const rest = part.role === 'extension' ? '\\.[^/.]+' : pieces.length > 0 ? `[^/]*${lazy}` : `${ANY}${lazy}`
    return `(${pieces.join('')}${rest})`
  }
  const patterns = [quotePattern, (text: string) => (text === '' ? '' : ANY)].map((otherwise): Pattern | undefined => {
    groups.clear()
    count = 1
    const from = before.map((_, index) => {
      const of = parts.filter(({ segment }) => segment === index)
      const whole = of.find(({ role }) => role === 'segment')
      const stem = of.find(({ role }) => role === 'stem')
      const extension = of.find(({ role }) => role === 'extension')
      const split = [stem, extension].some((part) => part !== undefined && (part.used || part.slices.length > 0))
      if (!split) return patternOf(whole, otherwise)
      if (whole?.used === true) group(nameOf(whole))
      // An extension is told by name: it is never just anything.
      const apart = `${patternOf(stem, otherwise, '?')}${patternOf(extension, quotePattern)}`
      return whole?.used === true ? `(${apart})` : apart
    })
    if (count > MOST_GROUPS) return undefined
    const to = template.map((segment) =>
      segment.map((piece) => (typeof piece === 'string' ? piece : `$${groups.get(piece.group)}`)).join(''),
    )
    return [`(^|/)${from.join('/')}$`, `$1${to.join('/')}`]
  })
  return patterns.filter((pattern) => pattern !== undefined)
}

type Piece = string | { readonly group: string }

function nameOf({ segment, role }: Part): string {
  return `${segment} ${role}`
}

function partsOf(before: readonly string[]): Part[] {
  const part = (text: string, segment: number, role: Part['role']): Part => ({
    text,
    segment,
    role,
    used: false,
    slices: [],
  })
  const last = before.length - 1
  const name = before[last] ?? ''
  const dot = name.lastIndexOf('.')
  const split = dot > 0 && dot < name.length - 1
  return [
    ...before.map((text, index) => part(text, index, 'segment')),
    ...(split ? [part(name.slice(0, dot), last, 'stem'), part(name.slice(dot), last, 'extension')] : []),
  ]
}

/** Marks the parts it takes. */
function segmentOf(segment: string, parts: readonly Part[], sliced: Part['role']): readonly Piece[] {
  const whole = parts.find(({ text, role }) => role !== 'extension' && text === segment)
  if (whole !== undefined) return [take(whole)]
  const joined = joinedOf(segment, parts)
  if (joined !== undefined) return joined.map(take)
  const longer = parts.findLast(({ text, slices, role }) => {
    const at = slices.reduce((sum, length) => sum + length, 0)
    return role === sliced && segment.length < SLICE && ASCII.test(text) && text.startsWith(segment, at)
  })
  if (longer !== undefined && segment !== '') {
    longer.slices.push(segment.length)
    return [{ group: `${nameOf(longer)} ${longer.slices.length - 1}` }]
  }
  const extension = parts.find(({ role, text }) => role === 'extension' && segment.endsWith(text))
  const dot = extension === undefined ? segment.lastIndexOf('.') : segment.length - extension.text.length
  const body = dot > 0 ? segment.slice(0, dot) : segment
  const end = extension === undefined ? segment.slice(body.length) : take(extension)
  const same = parts.find(({ text, role }) => role !== 'extension' && text === body)
  const start = same === undefined ? around(body, parts) : [take(same)]
  return [...start, ...(end === '' ? [] : [end])]
}

/** Text of ours before and behind the longest part that is in it. */
function around(text: string, parts: readonly Part[]): readonly Piece[] {
  const longest = parts
    .filter((part) => part.role !== 'extension' && part.text.length >= SHORT && text.includes(part.text))
    .reduce<Part | undefined>(
      (best, part) => (best === undefined || part.text.length > best.text.length ? part : best),
      undefined,
    )
  if (longest === undefined) return [text]
  const at = text.indexOf(longest.text)
  return [text.slice(0, at), take(longest), text.slice(at + longest.text.length)].filter((piece) => piece !== '')
}

/** `ab/cd/ef` in the rows, `abcdef` in the store. */
function joinedOf(segment: string, parts: readonly Part[]): readonly Part[] | undefined {
  const whole = parts.filter(({ role }) => role === 'segment')
  for (let from = 0; from < whole.length - 1; from++) {
    let text = ''
    for (let to = from; to < whole.length; to++) {
      text += whole[to]?.text ?? ''
      if (to > from && text === segment) return whole.slice(from, to + 1)
    }
  }
  return undefined
}

function take(part: Part): Piece {
  part.used = true
  return { group: nameOf(part) }
}

export function quotePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
