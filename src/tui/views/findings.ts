/** The findings of a check, one a line. Only those on the screen are read. */
import { bodyRows } from '../layout.js'
import type { Findings, Recheck } from '../model.js'
import { windowOf } from '../window.js'
import { findingsHead } from './findings-head.js'
import { cell, line, type Piece, placeOf, shown } from './line.js'
import type { Drawing, ListView } from './view.js'

const CLASS = 17

export function listView(drawing: Drawing, findings: Findings): ListView {
  const { model, style } = drawing
  const { columns } = model.size
  const { numbers, list } = findings
  const { from, to } = windowOf(numbers.length, list, bodyRows(model.size))
  const rows = Array.from(numbers.subarray(from, to), (number, index) =>
    rowLine(drawing, findings, number, from + index === list.cursor),
  )
  const head = `  ${cell('class', CLASS, style)}  ${keyHead(columns, style.width)}`
  return {
    head: [findingsHead(drawing, findings, numbers.length), style.paint.dim(style.cutEnd(head, columns))],
    place: placeOf(list.cursor, numbers.length, bodyRows(model.size)),
    body: rows.length > 0 ? rows : [noneLine(drawing, findings)],
  }
}

function keyHead(columns: number, width: number): string {
  return `${'key'.padEnd(keyWidth(columns))}${width < 90 ? '' : '  expected, seen'}`
}

function keyWidth(columns: number): number {
  const free = columns - 2 - CLASS - 2
  return columns < 90 ? free : Math.floor(free * 0.6)
}

function rowLine({ model, style, at, present }: Drawing, { check }: Findings, number: number, isHere: boolean): string {
  const { columns } = model.size
  const finding = at(number)
  const width = keyWidth(columns)
  const { headline, detail } = present(model.planned.get(check)?.kind ?? '', finding)
  const marks = [
    ...(model.notes.has(number) ? ['note'] : []),
    ...recheckWord(model.rechecks.get(number)),
    ...(finding.known === true ? ['known'] : []),
  ]
  const marked = marks.length === 0 ? '' : `[${marks.join(', ')}] `
  const key = cell(`${marked}${shown(finding.key ?? [headline, ...detail].join(style.dot), style)}`, width, style, {
    cut: finding.key === undefined ? 'end' : 'middle',
  })
  const pieces: Piece[] = [
    { text: isHere ? `${style.unicode ? '❯' : '>'} ` : '  ', paint: style.paint.bold },
    { text: cell(shown(finding.finding, style), CLASS, style), paint: style.paint.warn },
    { text: '  ' },
    { text: key, paint: isHere ? style.paint.bold : undefined },
    ...(columns < 90
      ? []
      : [
          {
            text: `  ${finding.key === undefined ? '' : shown(detail.join(style.dot), style)}`,
            paint: style.paint.dim,
          },
        ]),
  ]
  return line(pieces, columns, style)
}

const WORDS: Readonly<Record<Recheck['state'], string>> = {
  asked: 'looking',
  stands: 'stands',
  changed: 'changed',
  gone: 'no longer',
  unknown: 'could not tell',
}

function recheckWord(recheck: Recheck | undefined): string[] {
  return recheck === undefined ? [] : [WORDS[recheck.state]]
}

export function noneLine({ model, style }: Drawing, { looking, text, finding, stale, prefix }: Findings): string {
  const narrowed = text !== '' || finding !== undefined || prefix !== ''
  const words =
    looking !== undefined || stale
      ? `looking${style.ellipsis}`
      : narrowed
        ? 'no finding fits; Esc takes the filter away, t the class'
        : 'there are no findings'
  return style.paint.dim(style.cutEnd(`  ${words}`, model.size.columns))
}
