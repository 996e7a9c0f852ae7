/** One statement through the prepared protocol, in which the server takes no second one. */
import type { Connection, Field } from 'mysql2'
import type { Column, Row } from '../sql/source.js'
import { cellOf, columnOf } from './types.js'
import type { Statement } from './wrap.js'

export interface Answer {
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
}

export function run(client: Connection, { text, values }: Statement): Promise<Answer> {
  return new Promise((resolve, reject) => {
    client.execute({ sql: text, values: [...values], rowsAsArray: true }, (error, rows, fields) => {
      if (error !== null) return reject(error)
      const given: readonly (readonly unknown[])[] = Array.isArray(rows) ? rows : []
      resolve({ columns: (fields ?? []).map(columnOf), rows: given.map((row) => row.map(cellOf)) })
    })
  })
}

/** The server parses and resolves it, and looks at rights; nothing runs. */
export async function describe(client: Connection, statement: Pick<Statement, 'text'>): Promise<readonly Column[]> {
  return (await fieldsOf(client, statement)).map(columnOf)
}

/** The same, as the protocol has it. */
export function fieldsOf(client: Connection, { text }: Pick<Statement, 'text'>): Promise<readonly Field[]> {
  return new Promise((resolve, reject) => {
    client.prepare(text, (error, statement) => {
      if (error !== null) return reject(error)
      resolve(statement.columns)
      // Not merely closed: the client would tell of it again from memory, and run it as if it were there.
      client.unprepare(text)
    })
  })
}

/** What is set, and the transaction, have no prepared form everywhere; nothing of a check file is in them. */
export function command(client: Connection, sql: string): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(sql, (error) => (error === null ? resolve() : reject(error)))
  })
}

/** Rows as they come, never more of them in memory than a page. */
export async function* stream(
  client: Connection,
  { text, values }: Statement,
): AsyncGenerator<readonly Row[], void, void> {
  const rows = client.execute({ sql: text, values: [...values], rowsAsArray: true }).stream({ highWaterMark: PAGE })
  let page: Row[] = []
  for await (const row of rows) {
    page.push(row.map(cellOf))
    if (page.length < PAGE) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}

const PAGE = 1000
