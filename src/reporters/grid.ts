/** Rows of cells as lines: with a box (a table to read across), or without (a list in columns). */
import Table from 'cli-table3'
import { wrapText } from '../lib/text.js'
import { displayWidth } from '../lib/text-width.js'

export interface Column {
  readonly head: string
  readonly align?: 'left' | 'right'
  /** Columns of the terminal this one may take; text beyond is wrapped. */
  readonly max: number
}

export interface GridOptions {
  readonly unicode: boolean
  readonly paintHead: (text: string) => string
}

/** A cell is escaped text, and how to colour it once it is laid out. */
export interface Cell {
  readonly text: string
  readonly paint?: ((text: string) => string) | undefined
}

const BARE = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

const ASCII_BOX = {
  top: '-',
  'top-mid': '+',
  'top-left': '+',
  'top-right': '+',
  bottom: '-',
  'bottom-mid': '+',
  'bottom-left': '+',
  'bottom-right': '+',
  left: '|',
  'left-mid': '+',
  mid: '-',
  'mid-mid': '+',
  right: '|',
  'right-mid': '+',
  middle: '|',
}

/** A list in columns, two blanks between, no rules. */
export function listGrid(columns: readonly Column[], rows: readonly (readonly Cell[])[]): string[] {
  return draw(columns, rows, { chars: BARE, style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] } })
}

/** A box with a head; at most sum(max) + 3 × columns + 1 wide. */
export function boxGrid(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  { unicode, paintHead }: GridOptions,
): string[] {
  return draw(columns, rows, {
    head: columns.map((column) => paintHead(column.head)),
    ...(unicode ? {} : { chars: ASCII_BOX }),
    style: { head: [], border: [], compact: true },
  })
}

function draw(columns: readonly Column[], rows: readonly (readonly Cell[])[], options: Table.TableConstructorOptions) {
  const table = new Table({ ...options, colAligns: columns.map((column) => column.align ?? 'left') })
  for (const row of rows)
    table.push(
      row.map(({ text, paint = (line) => line }, index) => {
        const max = columns[index]?.max ?? 80
        return displayWidth(text) === 0 ? '' : wrapText(text, max).map(paint).join('\n')
      }),
    )
  return table.toString().split('\n')
}
