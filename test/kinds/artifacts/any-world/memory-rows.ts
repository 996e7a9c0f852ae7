/** A database in memory: gives the rows of a plan as a PostgreSQL would print them. Not a real one. */
import { createHash } from 'node:crypto'
import { rowsOf, rowsOfPiece } from '../../../../src/postgres/copy-text.js'
import type { Cell, PostgresSource, Row, RowLines, Session } from '../../../../src/postgres/source.js'
import { DATABASE, moment } from './clock.js'
import type { RowPlan, SumCell, WorldPlan } from './plan.js'

/** Statements of the checks: `rows 0`, `explained 1`. */
export function memoryRows(world: WorldPlan): PostgresSource {
  const lines: Session['lines'] = async function* ({ sql }, { columns = [] } = {}) {
    const [what, index] = sql.split(' ')
    const query = world.queries[Number(index)]
    const planned: readonly Partial<RowPlan>[] =
      (what === 'rows' ? query?.rows : world.explained[Number(index)]?.rows) ?? []
    const rows = planned.flatMap((row) => {
      const cells = columns.map((column) => cellOf(column, row, query?.sum ?? 'md5'))
      return Array.from({ length: row.times ?? 1 }, () => cells)
    })
    for (let at = 0, page = 0; at < rows.length; page++) {
      const size = world.rowPages[page % world.rowPages.length] ?? 1
      yield linesOf(rows.slice(at, at + size), columns.length)
      at += size
    }
  }
  const columns = ['key', 'size', 'sum', 'store', 'time'].map((name) => {
    return name === 'time' ? { name, type: 'timestamp with time zone', oid: 1184 } : { name, type: 'text', oid: 25 }
  })
  const session: Session = {
    server: { version: 160_000, inRecovery: false, encoding: 'UTF8', now: DATABASE },
    describe: async () => columns,
    lines,
    stream: notPlayed,
    query: notPlayed,
    select: notPlayed,
    composed: notPlayed,
    count: notPlayed,
    estimate: notPlayed,
  }
  return {
    label: 'rows in memory',
    withSession: async ({ signal }, use) => {
      signal.throwIfAborted()
      return use(session)
    },
    get access() {
      return notPlayed()
    },
    close: async () => undefined,
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't', '\v': 'v' }

/** As COPY writes them. */
function linesOf(rows: readonly Row[], columns: number): RowLines {
  const pieces = rows.map((row) => Buffer.from(`${row.map(textOf).join('\t')}\n`, 'latin1'))
  const spans: number[] = []
  let at = 0
  for (const piece of pieces) {
    spans.push(at, at + piece.length)
    at += piece.length
  }
  const lines = { bytes: Buffer.concat(pieces), spans: Uint32Array.from(spans), count: pieces.length }
  const bytea = Array.from({ length: columns }, () => false)
  return { ...lines, rows: () => rowsOf(lines, bytea), rowsOfPiece: (index) => rowsOfPiece(lines, index, bytea) }
}

function textOf(cell: Cell): string {
  if (cell === null) return '\\N'
  return cell.replace(/[\\\b\f\n\r\t\v]/g, (character) => `\\${ESCAPES[character] ?? character}`)
}

function notPlayed(): never {
  throw new Error('not played')
}

function cellOf(column: string, row: Partial<RowPlan>, algorithm: 'md5' | 'sha256'): Cell {
  switch (column) {
    case 'key':
      return row.key ?? null
    case 'store':
      return row.store ?? null
    case 'size':
      return row.size?.text ?? null
    case 'sum':
      return row.sum === undefined ? null : sumText(row.sum, algorithm)
    default:
      return row.time == null ? null : `${new Date(moment(DATABASE, row.time)).toISOString().slice(0, 19)}+00`
  }
}

function sumText({ of, form }: SumCell, algorithm: 'md5' | 'sha256'): Cell {
  if (of === undefined) return null
  if (of === 'bad') return form === 'no hex' ? 'zz' : 'abcd'
  const hex = createHash(algorithm).update(of).digest('hex')
  if (form === 'prefixed') return `sum:${hex}`
  return form === 'HEX' ? hex.toUpperCase() : hex
}
