/** Which engine a session is of. */
import type { Session } from '../../postgres/source.js'
import type { SqlSession } from '../../sql/source.js'

export interface Engines {
  readonly postgres?: Session['server']
  readonly mysql?: { readonly mariadb: boolean }
}

/** Of one session: one of the two. */
export function enginesOf({ server }: Pick<SqlSession, 'server'>): Engines {
  return 'encoding' in server ? { postgres: server } : { mysql: server }
}
