/** The findings of a check by directory, those with most first: that all below one is missing is one glance. */
import { formatNumber } from '../../lib/text.js'
import { displayWidth } from '../../lib/text-width.js'
import type { Group } from '../findings/book.js'
import { bodyRows } from '../layout.js'
import type { Findings } from '../model.js'
import { windowOf } from '../window.js'
import { noneLine } from './findings.js'
import { findingsHead, prefixText } from './findings-head.js'
import { cell, line, type Piece, placeOf, shown } from './line.js'
import type { Drawing, ListView } from './view.js'

const BAR = 10

export function groupsView(drawing: Drawing, findings: Findings): ListView {
  const { model, style } = drawing
  const { columns } = model.size
  const { groups, groupList } = findings
  const { from, to } = windowOf(groups.length, groupList, bodyRows(model.size))
  const total = groups.reduce((sum, { count }) => sum + count, 0)
  const shownGroups = groups.slice(from, to)
  const width = Math.max(8, ...shownGroups.map(({ count }) => displayWidth(formatNumber(count))))
  const rows = shownGroups.map((group, index) =>
    rowLine(drawing, findings, group, { isHere: from + index === groupList.cursor, total, width }),
  )
  const head = `  ${cell('findings', width, style, { align: 'right' })}  ${columns < 80 ? '   %' : cell('share', BAR + 5, style)}  directory or key`
  return {
    head: [findingsHead(drawing, findings, total), style.paint.dim(style.cutEnd(head, columns))],
    place: placeOf(groupList.cursor, groups.length, bodyRows(model.size)),
    body: rows.length > 0 ? rows : [noneLine(drawing, findings)],
  }
}

interface Row {
  readonly isHere: boolean
  readonly total: number
  readonly width: number
}

function rowLine({ model, style }: Drawing, findings: Findings, group: Group, { isHere, total, width }: Row): string {
  const { columns } = model.size
  const share = total === 0 ? 0 : group.count / total
  const percent = cell(percentText(share), 4, style, { align: 'right' })
  const name =
    group.others === undefined
      ? shown(nameBelow(group, findings.prefix, style), style)
      : `${style.ellipsis} ${formatNumber(group.others)} more`
  const classes = Object.entries(group.classes)
    .toSorted(([, a], [, b]) => b - a)
    .map(([finding, count]) =>
      count === group.count ? `all ${shown(finding, style)}` : `${formatNumber(count)} ${shown(finding, style)}`,
    )
    .join(', ')
  const used = 2 + width + 2 + (columns < 80 ? 4 : BAR + 5) + 2
  const nameWidth = Math.min(Math.max(16, displayWidth(name)), Math.floor((columns - used) * 0.6))
  const pieces: Piece[] = [
    { text: isHere ? `${style.unicode ? '❯' : '>'} ` : '  ', paint: style.paint.bold },
    { text: cell(formatNumber(group.count), width, style, { align: 'right' }), paint: style.paint.warn },
    { text: columns < 80 ? `  ${percent}` : `  ${bar(share, style.unicode)} ${percent}` },
    {
      text: `  ${cell(name, nameWidth, style, { cut: 'middle' })}`,
      paint: isHere || group.isDirectory ? style.paint.bold : undefined,
    },
    { text: `  ${classes}`, paint: style.paint.dim },
  ]
  return line(pieces, columns, style)
}

/** What is below where one is; the whole key where that is all of it. */
function nameBelow({ prefix }: Group, above: string, style: Drawing['style']): string {
  const below = prefix.startsWith(above) ? prefix.slice(above.length) : prefix
  return below === '' ? prefixText(prefix, style) : prefixText(below, style)
}

function percentText(share: number): string {
  const percent = Math.floor(share * 100)
  return percent === 0 && share > 0 ? '<1%' : `${percent}%`
}

function bar(share: number, unicode: boolean): string {
  const full = Math.round(share * BAR)
  const [on, off] = unicode ? ['█', '░'] : ['#', '.']
  return on.repeat(full) + off.repeat(BAR - full)
}
