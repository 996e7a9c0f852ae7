/** The part of mysql2 that is used here, said exactly: its own types leave rows and fields open. */
declare module 'mysql2' {
  export interface SslOptions {
    readonly ca?: string
    readonly rejectUnauthorized?: boolean
    readonly verifyIdentity?: boolean
  }

  export interface ConnectionOptions {
    readonly host?: string
    readonly port?: number
    readonly socketPath?: string
    readonly user?: string
    readonly password?: string
    readonly database?: string
    readonly ssl?: SslOptions
    readonly connectTimeout?: number
    readonly charset?: string
    readonly flags?: readonly string[]
    readonly multipleStatements?: boolean
    readonly rowsAsArray?: boolean
    readonly supportBigNumbers?: boolean
    readonly bigNumberStrings?: boolean
    readonly dateStrings?: boolean
    readonly jsonStrings?: boolean
    readonly maxPreparedStatements?: number
  }

  export interface Field {
    readonly name: string
    readonly columnType?: number
    readonly type?: number
    readonly characterSet?: number
  }

  export interface Command {
    readonly stream: (options: { readonly highWaterMark: number }) => AsyncIterable<readonly unknown[]>
  }

  export interface Connection {
    readonly threadId: number | null
    readonly on: (event: 'error', listener: (error: Error) => void) => void
    readonly connect: (done: (error: Error | null) => void) => void
    readonly query: (sql: string, done: (error: Error | null) => void) => void
    /** `rows` is a packet where the statement gives none. */
    readonly execute: (
      statement: { readonly sql: string; readonly values: readonly (string | null)[]; readonly rowsAsArray: true },
      done?: (error: Error | null, rows: readonly (readonly unknown[])[] | object, fields?: readonly Field[]) => void,
    ) => Command
    readonly prepare: (
      sql: string,
      done: (error: Error | null, statement: { readonly columns: readonly Field[] }) => void,
    ) => void
    readonly unprepare: (sql: string) => void
    readonly end: (done: () => void) => void
    readonly destroy: () => void
  }

  const mysql: { readonly createConnection: (options: ConnectionOptions) => Connection }
  export default mysql
}
