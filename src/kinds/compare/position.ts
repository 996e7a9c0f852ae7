/** How far the log of a server has got: where it has not moved, nothing was written. */
import { enginesOf } from './engine.js'
import type { Looking } from './sessions.js'

const POSTGRES = `SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
  ELSE pg_catalog.pg_current_wal_lsn() END::pg_catalog.text`
/** Needs no right; empty where there is no binary log, or none with positions that mean something. */
const MARIADB = 'SELECT @@GLOBAL.gtid_binlog_pos'
const MYSQL = 'SELECT @@GLOBAL.gtid_executed'

/** Of the source; undefined where the role may not know, or the server keeps none. */
export async function positionOf({ spec, connections, signal, timeoutMs }: Looking): Promise<string | undefined> {
  try {
    return await connections.sql(spec.source.connection).withSession({ signal, timeoutMs }, async (session) => {
      const { mysql } = enginesOf(session)
      const text = mysql === undefined ? POSTGRES : mysql.mariadb ? MARIADB : MYSQL
      return (await session.query({ text })).rows[0]?.[0] || undefined
    })
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof Error && 'code' in error && error.code === '42501') return undefined
    throw error
  }
}
