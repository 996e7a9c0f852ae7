/**
 * Streams the rows of a check and says of each which key of which store it is about. All queries of one connection see
 * one transaction, which is over before any store is asked: no snapshot is held while a slow store sets the pace.
 */
import { didYouMean } from '../../lib/did-you-mean.js'
import { CheckError } from '../../lib/errors.js'
import { type Key, keyFromLatin1 } from '../../lib/key.js'
import type { SortingSpool } from '../../lib/spool.js'
import type { Column, Row, RowLines, SqlSession } from '../../sql/source.js'
import type { Store } from '../../stores/store.js'
import type { Context } from '../kind.js'
import type { Report } from '../reporting.js'
import { standbyNotes } from '../standby.js'
import { encodeRow, type RowClaim } from './claim.js'
import { compileRowReader } from './declared.js'
import { explainedFields, rowsFields, userQuery } from './fields.js'
import { isTimeType } from './pg-time.js'
import { plainRows } from './plain-rows.js'
import { readManifest } from './read-manifest.js'
import type { Rules } from './rules.js'
import type { ArtifactsSpec } from './schema.js'

export type NoKeyReason = 'NULL' | 'empty' | 'empty after rewriting'

/** Where rows go. Promises are waited for before the next row. */
export interface RowSink {
  readonly claim: (store: string, key: Key, row: string) => Promise<void> | undefined
  readonly noKey: (reason: NoKeyReason) => void
  readonly unsafe: (store: string, key: Key, reason: string) => Promise<void> | undefined
  /** Takes rows of this store as lines of bytes. Not there where rows are wanted as strings. */
  readonly linesOf?: (store: string) => Pick<SortingSpool, 'addLines' | 'room'> | undefined
  /** The row names no store the check knows. */
  readonly unmapped: (key: Key) => Promise<void> | undefined
}

export interface RowCounts {
  readonly rows: number
  readonly explained: number
  /** Keys that no rewrite applied to. */
  readonly untouched: number
  readonly withoutSize: number
  /** What is to be said of the databases. */
  readonly notes: readonly string[]
  /** Queries that give no rows, as paths in the check. */
  readonly emptyQueries: readonly string[]
  /** Months of the rows' times: the first one seen, and whether there were more. */
  readonly months: { readonly first: string; readonly several: boolean }
}

type Field = {
  readonly query: ReturnType<typeof rowsFields>[number]['query'] | ReturnType<typeof explainedFields>[number]['query']
  readonly path: readonly (string | number)[]
  readonly explains: boolean
}

export interface ReadOptions {
  readonly spec: ArtifactsSpec
  readonly rules: Rules
  readonly context: Context
  readonly signal: AbortSignal
  readonly sink: RowSink
  readonly report: Report
  readonly stage: string
  /** Rows with other keys may be left out; not to be given where keys are rewritten. */
  readonly only?: readonly Key[] | undefined
  /** Told with every page how many rows there are so far; the transaction they come from has begun by then. */
  readonly onRows?: ((rows: number) => void) | undefined
}

export async function readRows(options: ReadOptions): Promise<RowCounts> {
  const { spec, context, signal } = options
  const fields: readonly Field[] = [
    ...rowsFields(spec).map((field) => ({ ...field, explains: false })),
    ...explainedFields(spec).map((field) => ({ ...field, explains: true })),
  ]
  const total: Total = {
    rows: 0,
    explained: 0,
    untouched: 0,
    withoutSize: 0,
    notes: [],
    emptyQueries: [],
    month: '',
    months: false,
  }
  if (spec.manifest !== undefined) {
    const place = placer({ explains: false, store: undefined }, options)
    const placeOdd = placer({ explains: true, store: undefined }, options)
    const notes = await readManifest(options, {
      take: ({ key, size }, row, explains) => {
        if (explains) total.explained++
        else total.rows++
        if (size === undefined && !explains) total.withoutSize++
        return (explains ? placeOdd : place)(key, null, row, total)
      },
    })
    total.notes.push(...notes)
  }
  for (const name of new Set(fields.map(({ query }) => query.connection))) {
    await context.connections.sql(name).withSession({ signal }, async (session) => {
      total.notes.push(...standbyNotes(session.server, name))
      for (const field of fields) {
        if (field.query.connection === name) await readQuery(session, field, options, total)
      }
    })
  }
  const { month, months, ...counts } = total
  return { ...counts, months: { first: month, several: months } }
}

interface Total {
  rows: number
  explained: number
  untouched: number
  withoutSize: number
  readonly notes: string[]
  readonly emptyQueries: string[]
  month: string
  months: boolean
}

async function readQuery(session: SqlSession, field: Field, options: ReadOptions, total: Total): Promise<void> {
  const { rules, report, stage, signal, onRows, only: keys } = options
  const query = userQuery(field)
  checkColumns(field, await session.describe(query))
  const now = session.server.now
  const reader = compileRowReader(field.query, { explains: field.explains, graceMs: rules.graceMs, now })
  const place = placer({ explains: field.explains, store: field.query.store }, options)
  const before = total.rows
  const only = keys === undefined ? undefined : { column: field.query.key, keys }
  const take = async (rows: readonly Row[]): Promise<void> => {
    for (const row of rows) {
      if (field.explains) total.explained++
      else total.rows++
      const claim = reader.claim(row)
      if (!field.explains) noteClaim(total, claim)
      const waiting = place(reader.key(row), reader.store(row), encodeRow(claim), total)
      if (waiting !== undefined) await waiting
    }
  }
  const takePlain = plainTaker(field, options, total)
  const told = (): void => {
    onRows?.(total.rows)
    report({ stage, done: total.rows + total.explained, unit: 'rows' })
  }
  const asked = { columns: reader.columns, only, exact: field.query.key }
  if (session.lines === undefined) {
    for await (const rows of session.stream(query, asked)) {
      signal.throwIfAborted()
      await take(rows)
      told()
    }
  } else {
    for await (const page of session.lines(query, asked)) {
      signal.throwIfAborted()
      if (takePlain === undefined) await take(page.rows())
      else await takePlain(page, take)
      told()
    }
  }
  if (!field.explains && total.rows === before) total.emptyQueries.push(field.path.join('.'))
}

/** Rows one after the other: plain ones as bytes, any other by `take`. Undefined where none is taken as bytes. */
function plainTaker({ query, explains }: Field, { rules, sink }: ReadOptions, total: Total) {
  const plain = explains ? undefined : plainRows(query, rules)
  const store = rules.storeOf(null)
  const spool = store === undefined ? undefined : sink.linesOf?.(store)
  if (plain === undefined || spool === undefined) return undefined
  return async (page: RowLines, take: (rows: readonly Row[]) => Promise<void>): Promise<void> => {
    for (let n = 0; n < page.count; n++) {
      const from = n
      n = spool.addLines(page, from, plain)
      total.rows += n - from
      if (!plain.sized) total.withoutSize += n - from
      const waiting = spool.room()
      if (waiting !== undefined) await waiting
      if (n < page.count) await take(page.rowsOfPiece(n))
    }
  }
}

function noteClaim(total: Total, claim: RowClaim): void {
  if (claim.size === '') total.withoutSize++
  if (claim.month === '' || claim.month === total.month) return
  if (total.month === '') total.month = claim.month
  else total.months = true
}

/** Decides what becomes of a row, and hands it to the sink. */
function placer(
  { explains, store: column }: { readonly explains: boolean; readonly store: string | undefined },
  { rules, context, sink }: ReadOptions,
) {
  const refuse = new Map(rules.stores.map((name) => [name, context.connections.store(name).refuse]))
  // What explains files explains them in every store, unless it says in which.
  const everywhere = explains && column === undefined
  const put = (name: string, key: Key, row: string): Promise<void> | undefined => {
    const reason = refusal(refuse.get(name), key)
    if (reason === undefined) return sink.claim(name, key, row)
    return explains ? undefined : sink.unsafe(name, key, reason)
  }
  return (cell: string | null, store: string | null, row: string, total: Total): Promise<void> | undefined => {
    if (cell === null || cell === '') {
      if (!explains) sink.noKey(cell === null ? 'NULL' : 'empty')
      return undefined
    }
    let key = keyFromLatin1(cell)
    if (rules.rewrite !== undefined) {
      const rewritten = rules.rewrite(key)
      key = rewritten.key
      if (!explains && !rewritten.applied) total.untouched++
    }
    if (key === '') {
      if (!explains) sink.noKey('empty after rewriting')
      return undefined
    }
    const only = everywhere ? undefined : rules.storeOf(store)
    if (!everywhere && only === undefined) return explains ? undefined : sink.unmapped(key)
    if (only !== undefined) return put(only, key, row)
    const waiting = rules.stores.map((name) => put(name, key, row)).filter((promise) => promise !== undefined)
    return waiting.length === 0 ? undefined : Promise.all(waiting).then(() => undefined)
  }
}

/**
 * A leading slash is no danger, for no listing holds such a key and no look-up goes there; taken as merely missing, it
 * leads to the diagnosis that says which prefix to strip.
 */
function refusal(refuse: Store['refuse'] | undefined, key: Key): string | undefined {
  const reason = refuse?.(key)
  return reason === undefined || !key.startsWith('/') ? reason : refuse?.(keyFromLatin1(key.replace(/^\/+/, '')))
}

function checkColumns({ query, path }: Field, columns: readonly Column[]): void {
  const names = columns.map(({ name }) => name)
  const wanted: (readonly [path: readonly (string | number)[], name: string | undefined])[] = [
    [['key'], query.key],
    [['store'], query.store],
  ]
  if ('size' in query)
    wanted.push(typeof query.size === 'object' ? [['size', 'column'], query.size.column] : [['size'], query.size])
  if ('checksum' in query) {
    wanted.push([['checksum', 'column'], query.checksum?.column])
    const algorithm = query.checksum?.algorithm
    if (typeof algorithm === 'object') wanted.push([['checksum', 'algorithm', 'column'], algorithm.column])
  }
  if ('time' in query) wanted.push([['time'], query.time])
  for (const [at, name] of wanted) {
    if (name === undefined || names.includes(name)) continue
    throw new CheckError(`the query gives no column "${name}"`, {
      hint: didYouMean(name, names) ?? `it gives ${names.join(', ')}`,
      at: { path: [...path, ...at] },
    })
  }
  const time = 'time' in query ? columns.find(({ name }) => name === query.time) : undefined
  if (time === undefined || isTimeType(time.type)) return
  throw new CheckError(`column "${time.name}" is of type ${time.type}, which says no time`, {
    hint: 'cast it to timestamptz in the SQL',
    at: { path: [...path, 'time'] },
  })
}
