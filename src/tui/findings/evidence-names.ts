/** The key of a finding, and beneath it the name it was found under. */
import type { Finding } from '../../kinds/kind.js'
import { keyFromJson, keyToBytes } from '../../lib/key.js'
import { paragraph } from '../../reporters/paragraph.js'
import type { Style } from '../../reporters/style.js'
import { type Character, charactersOf } from './characters.js'
import { differenceOf, likeness, marked } from './difference.js'
import { keyOf } from './finding-of.js'
import { hexLines, isPlain } from './hex.js'

/** As `paragraph` indents. */
const INDENT = 11
/** Of a difference, so many characters are named. */
const NAMED = 4

export function nameLines(finding: Finding, style: Style): string[] {
  const key = keyOf(finding)
  if (key === undefined) return []
  const bytes = keyToBytes(key)
  const { found_as, found_as_b64 } = finding
  if (found_as === undefined)
    return [...beneath(style, [['key', charactersOf(bytes, style)]]), ...hexOf(style, 'of the key', bytes)]
  const found = keyToBytes(
    keyFromJson(found_as_b64 === undefined ? { key: found_as } : { key: found_as, key_b64: found_as_b64 }),
  )
  return [
    ...comparison(style, ['key', 'found as'], [bytes, found]),
    ...hexOf(style, 'of the key', bytes),
    ...hexOf(style, 'of the name it was found as', found),
  ]
}

/** Two texts beneath each other, the difference marked and named. */
export function comparison(
  style: Style,
  [leftLabel, rightLabel]: readonly [string, string],
  [leftBytes, rightBytes]: readonly [Buffer, Buffer],
): string[] {
  const left = charactersOf(leftBytes, style)
  const right = charactersOf(rightBytes, style)
  const difference = differenceOf(left, right)
  if (difference === undefined) return beneath(style, [[leftLabel, left]])
  const { from, leftEnd, rightEnd } = difference
  const alike = likeness(leftBytes.toString(), rightBytes.toString())
  const names = [left.slice(from, leftEnd), right.slice(from, rightEnd)].map(named)
  // Of what differs as a whole the characters say nothing.
  const isPart = from > 0 || leftEnd < left.length || alike !== undefined
  return [
    ...beneath(
      style,
      [
        [leftLabel, left, leftEnd],
        [rightLabel, right, rightEnd],
      ],
      from,
    ),
    ...(alike === undefined ? [] : paragraph(style, '', [alike], { paint: style.paint.warn })),
    ...(isPart
      ? paragraph(style, '', [`at character ${from + 1}: ${names.join(' against ')}`]).map(style.paint.dim)
      : []),
  ]
}

type Row = readonly [label: string, characters: readonly Character[], end?: number]

function beneath(style: Style, rows: readonly Row[], from = 0): string[] {
  const room = Math.max(20, style.width - INDENT)
  const pieces = rows.map(([label, characters, end = 0]) => ({ label, pieces: marked(characters, from, end, room) }))
  const longest = Math.max(...pieces.map((row) => row.pieces.length))
  return Array.from({ length: longest }, (_, at) =>
    pieces.flatMap(({ label, pieces }) => {
      const piece = pieces[at]
      if (piece === undefined) return []
      const labels = at === 0 ? label : ''
      return [
        ...plainly(style, labels, piece.line),
        ...(piece.under === '' ? [] : plainly(style, '', style.paint.fail(piece.under))),
      ]
    }),
  ).flat()
}

function plainly(style: Style, label: string, line: string): string[] {
  return paragraph(style, label, [line], { wrap: false })
}

function named(characters: readonly Character[]): string {
  if (characters.length === 0) return 'nothing'
  const names = characters.slice(0, NAMED).map(({ name }) => name)
  return `${names.join(' ')}${characters.length > NAMED ? ' ...' : ''}`
}

/** Over the whole width: sixteen bytes a line fit into eighty columns then. */
function hexOf(style: Style, what: string, bytes: Buffer): string[] {
  if (isPlain(bytes)) return []
  return [
    ...plainly(style, 'bytes', what),
    ...hexLines(bytes, style.width - 2).map((line) => style.paint.dim(`  ${line}`)),
  ]
}
