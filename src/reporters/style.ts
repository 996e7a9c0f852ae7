/** How a text report looks: marks, words, colours, lines. Never colour alone, never a mark alone. */
import pc from 'picocolors'
import type { Outcome } from '../engine/events.js'
import { escapeLines, escapeText, inertLine } from '../lib/text-escape.js'
import { truncateEnd, truncateMiddle } from '../lib/text-width.js'
import type { ReporterOptions } from './reporter.js'

type Formatter = (text: string) => string

export interface Style {
  readonly width: number
  readonly unicode: boolean
  readonly paint: Readonly<Record<Outcome | 'dim' | 'bold', Formatter>>
  readonly mark: (outcome: Outcome) => string
  /** One escaped line. */
  readonly text: (text: string) => string
  /** Escaped lines of a text that is written in lines. */
  readonly lines: (text: string) => string[]
  readonly cutEnd: (text: string, width: number) => string
  readonly cutMiddle: (text: string, width: number) => string
  readonly dot: string
  readonly arrow: string
  readonly dash: string
  readonly ellipsis: string
}

export type StyleOptions = Pick<ReporterOptions, 'width' | 'color' | 'unicode'>

export const MARKS: Readonly<Record<Outcome, readonly [unicode: string, ascii: string]>> = {
  pass: ['✔', '+'],
  warn: ['!', '!'],
  fail: ['✖', 'x'],
  error: ['?', '?'],
  blocked: ['⊘', '#'],
  skip: ['○', '-'],
  waived: ['~', '~'],
}

export function createStyle({ width, color, unicode }: StyleOptions): Style {
  const paint = pc.createColors(color)
  const ellipsis = unicode ? '…' : '...'
  return {
    width,
    unicode,
    paint: {
      pass: paint.green,
      warn: paint.yellow,
      fail: paint.red,
      error: paint.magenta,
      blocked: paint.magenta,
      skip: paint.dim,
      waived: paint.cyan,
      dim: paint.dim,
      bold: paint.bold,
    },
    mark: (outcome) => MARKS[outcome][unicode ? 0 : 1],
    text: (text) => escapeText(text, { ascii: !unicode }),
    lines: (text) => escapeLines(text, { ascii: !unicode }),
    cutEnd: (text, columns) => truncateEnd(text, columns, ellipsis),
    cutMiddle: (text, columns) => truncateMiddle(text, columns, ellipsis),
    dot: unicode ? ' · ' : ' | ',
    arrow: unicode ? '→' : '->',
    dash: unicode ? '─' : '-',
    ellipsis,
  }
}

/** Joins finished lines; none of them can be taken for a command of a CI runner. */
export function joinLines(lines: readonly string[]): string {
  return lines.map((line) => `${inertLine(line).trimEnd()}\n`).join('')
}
