// The shop of the fixtures, a record of it, and what is told of it afterwards.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { holdAgainst, take } from '../../snapshot/record.js'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { directoryOf } from '../../support/run-cli.js'

export const SHOP = readFileSync(join(import.meta.dirname, '../../../fixtures/kinds/changed-since/shop.sql'), 'utf8')

export interface Recorded {
  readonly database: TestDatabase
  readonly place: ReturnType<typeof directoryOf>
  readonly snapshotFile: string
  readonly here: (url?: string) => { readonly cwd: string; readonly env: Readonly<Record<string, string>> }
  /** Writes the check file: `more` are further fields of the check, `of` of the connection. */
  readonly check: (more?: string, of?: string) => void
  /** What is held against the record; `list`: finding class and key, of all that is told. */
  readonly told: (more?: string, how?: Telling) => Promise<Told>
  readonly end: () => Promise<void>
}

interface Telling {
  readonly url?: string
  readonly of?: string
  readonly flags?: Parameters<typeof holdAgainst>[1]
}

type Told = Awaited<ReturnType<typeof holdAgainst>> & { readonly list: readonly string[] }

/** `extra`: SQL after that of the fixture; `more`, `of`: as in `check`. */
export async function recordShop({ extra = '', more = '', of = '' } = {}): Promise<Recorded> {
  const database = await createDatabase()
  const place = directoryOf()
  const here = (url = database.url) => ({ cwd: place.path, env: { SHOP_URL: url } })
  const check = (fields = '', connection = '') =>
    writeFileSync(join(place.path, 'postflight.yaml'), fileOf(fields, connection))
  await database.client.query(SHOP + extra)
  check(more, of)
  const { code, stdout } = await take(here())
  expect(code, stdout).toBe(0)
  return {
    database,
    place,
    snapshotFile: join(place.path, 'before.snapshot'),
    here,
    check,
    told: async (fields = more, { url, of: connection = of, flags = {} } = {}) => {
      check(fields, connection)
      const held = await holdAgainst(here(url), flags)
      return { ...held, list: (held.findings['kept'] ?? []).map(({ finding, key }) => `${finding} ${key}`) }
    },
    end: async () => {
      place.remove()
      await database.drop()
    },
  }
}

function fileOf(more: string, of: string): string {
  return `version: 1
name: shop
secrets: { url: { env: SHOP_URL } }
connections: { main: { type: postgres, url: "\${secret.url}"${of} } }
defaults: { owner: team-shop, severity: high, remediation: Copy it again. }
checks:
  - { id: kept, kind: changed-since, connection: main${more} }
`
}
