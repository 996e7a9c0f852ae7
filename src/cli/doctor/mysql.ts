/** A MySQL or MariaDB connection: which server, as whom, how far, and whether the rights are those the checks need. */
import { keyFromLatin1, keyToText } from '../../lib/key.js'
import type { MysqlSource } from '../../mysql/connect.js'
import { MysqlError } from '../../mysql/explain-error.js'
import { problemFrom } from '../estimate/asking.js'
import type { LookOptions, Need } from './needs.js'
import type { Right, Seen, Untold } from './result.js'
import { roundTrips } from './round-trips.js'

const TRIPS = 5
/** SELECT denied on a table, on a column, and on a database. */
const DENIED = new Set<unknown>([1142, 1143, 1044])

/** Errors: MysqlError where no session can be had. */
export function lookAtMysql(source: MysqlSource, needs: readonly Need[], options: LookOptions): Promise<Seen> {
  return source.withSession(options, async (session) => {
    const ask = async (sql: string): Promise<readonly string[]> =>
      ((await session.query({ text: sql })).rows[0] ?? []).map((cell) => keyToText(keyFromLatin1(cell ?? '')))
    const trips = await roundTrips(
      TRIPS,
      async () => 1000 * Number((await ask('SELECT UNIX_TIMESTAMP(SYSDATE(3))'))[0]),
    )
    const [database, role] = await ask('SELECT DATABASE(), CURRENT_USER()')
    const [, cipher = ''] = await ask("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
    const grants = (await session.query({ text: 'SHOW GRANTS' })).rows.map(([cell]) =>
      keyToText(keyFromLatin1(cell ?? '')),
    )
    const lacking: Right[] = []
    const untold: Untold[] = []
    for (const { check, reading } of needs) {
      if (reading?.type !== 'query') continue
      try {
        await session.describe(reading.query)
      } catch (error) {
        if (options.signal.aborted) throw error
        const problem = problemFrom(error, check)
        if (!(error instanceof MysqlError && DENIED.has(error.code))) untold.push({ check: check.id, problem })
        else lacking.push({ what: problem.message, fix: problem.hint, checks: [check.id] })
      }
    }
    return {
      ...trips,
      server: `${session.version.mariadb ? 'MariaDB' : 'MySQL'} ${session.version.version.replace(/-MariaDB.*$/, '')}`,
      database: database === '' ? undefined : database,
      role,
      tls: cipher !== '',
      tooFew: lacking,
      tooMany: writingIn(grants).map((what) => ({ what, checks: [] })),
      untold,
      notes: [],
    }
  })
}

const READS = new Set(['USAGE', 'SELECT', 'SHOW VIEW', 'PROCESS', 'SHOW DATABASES', 'REPLICATION CLIENT'])

/** What more than reading is granted, in the server's words: `INSERT, UPDATE on "shop".*`. No digest of a password is. */
function writingIn(grants: readonly string[]): readonly string[] {
  return grants.flatMap((grant) => {
    const [, rights = '', on = ''] = /^GRANT (.+?) ON (\S+) TO /.exec(grant) ?? []
    const more = rights.split(/, ?(?![^(]*\))/).filter((right) => !READS.has(right.replace(/ \(.*$/, '').trim()))
    return more.length === 0 || on === '' ? [] : [`${more.join(', ')} on ${on}`]
  })
}
