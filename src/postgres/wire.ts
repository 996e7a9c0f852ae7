/**
 * One statement through the extended query protocol: Parse, Bind, Describe, Execute, Sync. The server refuses several
 * statements in one Parse. Cells stay text as the server sent it; nothing is converted by type. pg decodes them as
 * UTF-8, so bytes that are none (only a database in SQL_ASCII has them) come by COPY alone; see session.ts.
 * What of pg's inside is used is written down in the interfaces here.
 */
import type { Socket } from 'node:net'
import type { Client } from 'pg'
import { keyFromText } from '../lib/key.js'
import type { Cell } from './source.js'

export interface WireConnection {
  /** Replaced when TLS begins. */
  readonly stream: Socket
  parse(message: { readonly text: string; readonly name: string; readonly types: readonly number[] }): void
  bind(message: {
    readonly portal: string
    readonly statement: string
    readonly values: readonly (string | null)[]
    readonly binary: boolean
    readonly valueMapper: (value: unknown) => unknown
  }): void
  describe(message: { readonly type: 'S' | 'P'; readonly name: string }): void
  execute(message: { readonly portal: string; readonly rows: number }): void
  sync(): void
  sendCopyFail(reason: string): void
  on(event: string, listener: (message: never) => void): unknown
  once(event: string, listener: (message: never) => void): unknown
  off(event: string, listener: (message: never) => void): unknown
}

export type WireClient = Client & {
  readonly connection: WireConnection
  readonly processID: number | null
  readonly secretKey: number | null
}

export interface Field {
  readonly name: string
  readonly dataTypeID: number
}

/** What pg's Client asks of a query object. */
export interface Submittable {
  submit(connection: WireConnection): void
  handleRowDescription(message: { readonly fields: readonly Field[] }): void
  handleDataRow(message: { readonly fields: readonly (string | null)[] }): void
  handleCommandComplete(message: { readonly text: string }): void
  handleEmptyQuery(): void
  handlePortalSuspended(): void
  handleCopyInResponse(connection: WireConnection): void
  handleCopyData(message: { readonly chunk: Buffer }, connection: WireConnection): void
  handleError(error: unknown): void
  handleReadyForQuery(connection: WireConnection): void
}

/** A Submittable that ignores what it does not expect; refuses COPY FROM STDIN. */
export const inert: Omit<Submittable, 'submit' | 'handleError' | 'handleReadyForQuery'> = {
  handleRowDescription: () => {},
  handleDataRow: () => {},
  handleCommandComplete: () => {},
  handleEmptyQuery: () => {},
  handlePortalSuspended: () => {},
  handleCopyInResponse: (connection) => connection.sendCopyFail('postflight only reads'),
  handleCopyData: () => {},
}

export interface WireStatement {
  readonly text: string
  readonly values?: readonly (string | null)[] | undefined
}

export interface WireResult {
  readonly fields: readonly Field[]
  readonly rows: readonly (readonly Cell[])[]
}

/** Sends Parse to Sync in one write. `describe` only asks for parameters and columns; nothing is executed. */
export function send(connection: WireConnection, { text, values }: WireStatement, mode: 'run' | 'describe'): void {
  connection.stream.cork()
  try {
    connection.parse({ text, name: '', types: [] })
    if (mode === 'describe') connection.describe({ type: 'S', name: '' })
    else {
      connection.bind({ portal: '', statement: '', values: values ?? [], binary: false, valueMapper: (value) => value })
      connection.describe({ type: 'P', name: '' })
      connection.execute({ portal: '', rows: 0 })
    }
    connection.sync()
  } finally {
    connection.stream.uncork()
  }
}

/** Why a client takes no more statements. */
const ends = new WeakMap<WireClient, unknown>()

/** What is submitted from now on fails with `why`, unless an earlier reason stands. What runs goes on. */
export function refuseMore(client: WireClient, why: unknown): void {
  if (!ends.has(client)) ends.set(client, why)
}

export function submit(client: WireClient, submittable: Submittable): void {
  if (ends.has(client)) submittable.handleError(ends.get(client))
  else client.query(submittable as unknown as Parameters<WireClient['query']>[0])
}

/** Runs one statement and keeps all its rows. Rejects with pg's DatabaseError or a connection error. */
export function run(client: WireClient, statement: WireStatement): Promise<WireResult> {
  return new Promise((resolve, reject) => {
    let fields: readonly Field[] = []
    const rows: (readonly Cell[])[] = []
    submit(client, {
      ...inert,
      submit: (connection) => send(connection, statement, 'run'),
      handleRowDescription: (message) => {
        fields = message.fields
      },
      handleDataRow: (message) => {
        rows.push(message.fields.map((cell) => (cell === null ? null : keyFromText(cell))))
      },
      handleError: reject,
      handleReadyForQuery: () => resolve({ fields, rows }),
    })
  })
}

export interface WireDescription {
  readonly fields: readonly Field[]
  /** Type oids the server inferred for $1, $2 … */
  readonly params: readonly number[]
}

/** Asks what a statement would return, without running it. */
export function describe(client: WireClient, statement: WireStatement): Promise<WireDescription> {
  return new Promise((resolve, reject) => {
    let fields: readonly Field[] = []
    let params: readonly number[] = []
    const onParams = (message: { readonly dataTypeIDs: readonly number[] }) => {
      params = message.dataTypeIDs
    }
    client.connection.on('parameterDescription', onParams)
    const settle = () => client.connection.off('parameterDescription', onParams)
    submit(client, {
      ...inert,
      submit: (connection) => send(connection, statement, 'describe'),
      handleRowDescription: (message) => {
        fields = message.fields
      },
      handleError: (error) => {
        settle()
        reject(error)
      },
      handleReadyForQuery: () => {
        settle()
        resolve({ fields, params })
      },
    })
  })
}
