/** What both sides of a finding say now, beside each other and beside what they said when it was found. Pure. */
import { isDeepStrictEqual } from 'node:util'
import type { Facts, Finding, Side } from '../../kinds/kind.js'
import { formatNumber } from '../../lib/text.js'
import type { Json } from '../../lib/value.js'
import { paragraph } from '../../reporters/paragraph.js'
import type { Style } from '../../reporters/style.js'
import { factText, nameLine, namesOf, own, twoFacts } from './evidence-facts.js'

/** `finding`: as it was found. */
export function nowLines(finding: Finding, sides: readonly Side[], style: Style): string[] {
  return [false, true].flatMap((isFoundAs) => {
    const some = sides.filter(({ found_as = false }) => found_as === isFoundAs)
    if (some.length === 0) return []
    const head = isFoundAs ? ['', ...paragraph(style, 'name', ['of the name it was found as'])] : []
    return [
      ...head,
      ...some.flatMap((side) => sideLines(side, style)),
      ...sidesBeneath(finding, some, isFoundAs, style),
    ]
  })
}

function sideLines({ side, where, recorded, there, facts, reason }: Side, style: Style): string[] {
  const { warn, error } = style.paint
  const isRows = side === 'rows' && recorded === undefined
  const known = {
    true: isRows ? rowsText(facts) : 'it is there',
    false: isRows ? 'no row speaks of it' : 'it is not there',
  }
  const word = there === undefined ? 'cannot be told' : known[`${there}`]
  return [
    ...paragraph(style, recorded === true ? RECORD : side, [`${style.text(where)}: ${word}`], {
      paint: there === false ? warn : there ? undefined : error,
    }),
    ...(reason === undefined ? [] : paragraph(style, '', style.lines(reason), { paint: error })),
  ]
}

/** What the side of the rows is called where there are none. */
const RECORD = 'record'

function rowsText({ rows }: Facts): string {
  return rows === 1 ? '1 row refers to it' : `${formatNumber(Number(rows ?? 0))} rows refer to it`
}

function sidesBeneath(finding: Finding, sides: readonly Side[], isFoundAs: boolean, style: Style): string[] {
  const { rows: refs, ...rows } = factsOf(sides, 'rows')
  const store = factsOf(sides, 'store')
  // What was found of the name it was found as is not told.
  const { expected = {}, actual = {} } = isFoundAs ? {} : finding
  const wereRows = isFoundAs || finding.refs === undefined || refs === undefined || finding.refs === refs
  return [
    ...(wereRows
      ? []
      : paragraph(style, '', [`there were ${formatNumber(finding.refs ?? 0)} when it was found`], {
          paint: style.paint.warn,
        })),
    ...namesOf(rows, store).flatMap((name) => {
      const now = [own(rows, name), own(store, name)] as const
      const then = [own(expected, name), own(actual, name)] as const
      return oneFact(name, now, then, { style, label: sides.some(({ recorded }) => recorded) ? RECORD : 'rows' })
    }),
  ]
}

type Pair = readonly [rows: Json | undefined, store: Json | undefined]

interface Showing {
  readonly style: Style
  /** Of the side of the rows. */
  readonly label: string
}

function oneFact(name: string, now: Pair, then: Pair, { style, label }: Showing): string[] {
  const [rows, store] = now
  const was = sinceFound(name, now, then, { style, label })
  const isOne = rows === undefined || store === undefined
  if (isOne && was.length === 0)
    return paragraph(style, rows === undefined ? 'store' : label, [
      `${style.text(name)}: ${style.text(factText(name, rows ?? store ?? null))}`,
    ])
  const values = isDeepStrictEqual(rows, store)
    ? paragraph(style, 'both', [style.text(factText(name, rows ?? null))])
    : twoFacts(name, rows, store, [label, 'store'], style)
  return [...nameLine(name, style), ...values, ...was]
}

function factsOf(sides: readonly Side[], which: Side['side']): Facts {
  return sides.find(({ side }) => side === which)?.facts ?? {}
}

/** Only where something was found of it: whether that is so still. */
function sinceFound(name: string, now: Pair, then: Pair, { style, label }: Showing): string[] {
  const found = [label, 'store'].flatMap((side, at) => {
    const was = then[at]
    return was === undefined || was === null ? [] : [{ side, was, isSame: isDeepStrictEqual(was, now[at]) }]
  })
  if (found.length === 0) return []
  const changed = found.filter(({ isSame }) => !isSame)
  if (changed.length === 0) return paragraph(style, '', ['as it was found']).map(style.paint.dim)
  const texts = changed.map(({ side, was }) => `${side} ${style.text(factText(name, was))}`)
  return paragraph(style, '', [`when it was found: ${texts.join(', ')}`], { paint: style.paint.warn })
}
