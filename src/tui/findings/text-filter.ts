/**
 * Whether a finding holds a text, whatever the case. Most lines are passed over without being parsed: a text of plain
 * characters that stands in a finding stands in its line too, unless something there is escaped or beyond ASCII.
 */
import type { Finding } from '../../kinds/kind.js'
import { findingOf } from './finding-of.js'
import { isOurs } from './head.js'

export interface LineFilter {
  /** Told of the bytes that the lines asked for next lie in, ascending. */
  readonly begin: (bytes: Buffer) => void
  readonly accepts: (from: number, to: number) => boolean
}

/** `!` before the text: only what does not hold it. Undefined where it asks for nothing. */
export function textFilter(text: string): LineFilter | undefined {
  const isInverse = text.startsWith('!')
  const wanted = (isInverse ? text.slice(1) : text).toLowerCase()
  if (wanted === '') return undefined
  const candidates = candidatesFor(wanted)
  let bytes: Buffer = Buffer.alloc(0)
  let latin1 = ''
  let next = 0
  return {
    begin: (window) => {
      bytes = window
      latin1 = window.toString('latin1')
      next = -1
    },
    accepts: (from, to) => {
      if (next < from) {
        candidates.lastIndex = from
        next = candidates.exec(latin1)?.index ?? latin1.length
      }
      // Another program may write a number or a list in another way than it is compared here.
      if (next >= to && isOurs(bytes, from, to)) return isInverse
      const finding = findingOf(bytes.toString('utf8', from, to))
      return (!('wrong' in finding) && holds(finding, wanted)) !== isInverse
    },
  }
}

/** `wanted` in lower case. Of the row the values count, not the names of its columns. */
export function holds({ key, found_as, reason, row = {} }: Finding, wanted: string): boolean {
  const has = (text: string | undefined): boolean => text?.toLowerCase().includes(wanted) === true
  return (
    has(key) ||
    has(found_as) ||
    has(reason) ||
    Object.values(row).some((value) => has(typeof value === 'string' ? value : JSON.stringify(value)))
  )
}

/** What a line has in it that may hold the text: the text, an escape, or a byte that is not ASCII. */
function candidatesFor(wanted: string): RegExp {
  const isPlain = /^[\x20-\x7e]+$/.test(wanted)
  const literal = isPlain ? `${wanted.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}|` : ''
  return new RegExp(`${literal}\\\\|[\\x80-\\xff]`, 'gi')
}
