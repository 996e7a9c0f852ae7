/** Where two names differ, and in what. */
import { displayWidth } from '../../lib/text-width.js'
import type { Character } from './characters.js'

/** What both have in common stands before `from` and behind the ends. Undefined where they are the same. */
export interface Difference {
  readonly from: number
  readonly leftEnd: number
  readonly rightEnd: number
}

export function differenceOf(left: readonly Character[], right: readonly Character[]): Difference | undefined {
  const isSame = (i: number, j: number): boolean => left[i]?.name === right[j]?.name
  const shorter = Math.min(left.length, right.length)
  let from = 0
  while (from < shorter && isSame(from, from)) from++
  let leftEnd = left.length
  let rightEnd = right.length
  while (leftEnd > from && rightEnd > from && isSame(leftEnd - 1, rightEnd - 1)) {
    leftEnd--
    rightEnd--
  }
  return from === leftEnd && from === rightEnd ? undefined : { from, leftEnd, rightEnd }
}

/** In words what is different where they look alike; undefined where they do not. */
export function likeness(left: string, right: string): string | undefined {
  if (left.normalize('NFC') === right.normalize('NFC'))
    return `the same letters in another form: ${form(left)} against ${form(right)}`
  if (left.toLowerCase() === right.toLowerCase()) return 'the same but for upper and lower case'
  if (withoutBlanks(left) === withoutBlanks(right)) return 'the same but for blanks'
  const plain = (text: string): string => withoutBlanks(text.normalize('NFKC').toLowerCase())
  return plain(left) === plain(right) ? 'the same but for form, case or blanks' : undefined
}

function form(text: string): string {
  if (text === text.normalize('NFC')) return 'NFC'
  return text === text.normalize('NFD') ? 'NFD' : 'neither NFC nor NFD'
}

function withoutBlanks(text: string): string {
  return text.replace(/[\s\p{Default_Ignorable_Code_Point}]+/gu, '')
}

interface Piece {
  readonly line: string
  /** Carets under what is marked. */
  readonly under: string
}

/** Cut where `room` columns end. Nothing is lost. */
export function marked(characters: readonly Character[], from: number, to: number, room: number): readonly Piece[] {
  const pieces: Piece[] = []
  let line = ''
  let under = ''
  let used = 0
  const end = (): void => {
    pieces.push({ line, under: under.trimEnd() })
    line = ''
    under = ''
    used = 0
  }
  for (const [at, { shown }] of characters.entries()) {
    const width = displayWidth(shown)
    if (used + width > room) end()
    line += shown
    used += width
    const isMarked = at >= from && at < to
    // What stands above the character before it is marked there.
    if (width === 0 && isMarked) under = `${under.slice(0, -1)}^`
    else under += (isMarked ? '^' : ' ').repeat(width)
  }
  end()
  return pieces
}
