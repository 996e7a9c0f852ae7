import type { UserQuery } from '../../postgres/source.js'

interface Asked {
  readonly violations?: string | undefined
  readonly sql?: string | undefined
  readonly params?: UserQuery['params']
}

/** The query of a check, whichever of its two fields holds it. */
export function askedQuery({ violations, sql, params }: Asked): UserQuery {
  return violations === undefined
    ? { sql: sql ?? '', params, path: ['sql'] }
    : { sql: violations, params, path: ['violations'] }
}
