/** Real moves between real servers, after which all row counts match: what is lost all the same is named. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { moveByDump, moveByReplication } from '../../fixtures/move/moves.js'
import { installed } from '../../fixtures/servers/installed.js'
import { postgresHome } from '../../fixtures/servers/postgres.js'
import { serverOrSkip } from '../support/require-server.js'
import { type AfterMove, type Moving, verifiedAfter } from './after-move.js'

const COUNTED = ['berths', 'ships', 'calls', 'invoices', 'payments']

/** pg_dump refuses a server that is newer than itself. */
function dumps(major: number): boolean {
  if (!installed('psql') || !installed('pg_dump')) return false
  const version = execFileSync('pg_dump', ['--version'], { encoding: 'utf8' })
  return Number(/ (\d+)/.exec(version)?.[1]) >= major
}

function move(what: string, moving: Moving, tests: (after: () => AfterMove) => void): void {
  const there = postgresHome(moving.major) !== undefined && dumps(moving.major)
  serverOrSkip(`PostgreSQL ${moving.major} with pg_dump and psql`, there)(what, () => {
    let after: AfterMove
    beforeAll(async () => {
      after = await verifiedAfter(moving)
    })
    afterAll(() => after?.remove())
    tests(() => after)
  })
}

/** Blocks of the README's section about the first of these moves. */
function shown(): readonly string[] {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
  const section = /^## A real move\n(.*?)^## /ms.exec(readme)?.[1] ?? ''
  return [...section.matchAll(/^```\n(.*?)^```$/gms)].map((match) => match[1] ?? '')
}

/** Without what is another in every run. */
const steady = (text: string) => text.replace(/:\d+ · local/g, ':N · local').replace(/\d+ms$/gm, 'Nms')

const failed = ({ outcomes }: AfterMove) =>
  Object.keys(outcomes)
    .filter((check) => outcomes[check] !== 'pass' && outcomes[check] !== 'skip')
    .toSorted((a, b) => Number(a.includes('.')) - Number(b.includes('.')) || (a < b ? -1 : 1))

/** `vanished index public.a`, in the order of the list. */
const told = (after: AfterMove, check: string) => after.findings(check).map(({ finding, key }) => `${finding} ${key}`)

move('by logical replication, from 15 to 18', { major: 15, move: moveByReplication }, (after) => {
  test('every table has as many rows as before', () => {
    expect(COUNTED.map((check) => after().outcomes[check])).toEqual(COUNTED.map(() => 'pass'))
  })

  test('what was lost all the same is named, and nothing else', () => {
    expect(after().code).toBe(1)
    expect(failed(after())).toEqual([
      'nothing-lost',
      'db.large-objects',
      'db.sequences-behind',
      'db.subscriptions',
      'db.unlogged',
      'db.views-populated',
    ])
    expect(told(after(), 'nothing-lost')).toEqual([
      'vanished role setting TimeZone of all roles',
      'vanished role setting default_transaction_read_only of harbour_report',
      'vanished role setting lock_timeout of harbour_app in all databases',
      'vanished role setting statement_timeout of all roles',
      'changed setting TimeZone',
      'sizes_differ size statement_timeout',
      'sizes_differ size wal_level',
      'changed view public.traffic',
      'appeared subscription arriving',
      'changed large objects',
      'sequences_behind sequence billing.invoices_id_seq',
      'sequences_behind sequence billing.payments_id_seq',
      'sequences_behind sequence public.berths_id_seq',
      'sequences_behind sequence public.call_numbers',
      'sequences_behind sequence public.ships_id_seq',
      'rows_differ table public.sessions',
    ])
  })

  test('the README shows what is told', () => {
    const [report = '', list] = shown()
    expect(report).toContain('nothing-lost')
    expect(steady(after().report)).toContain(steady(report))
    expect(list).toBe(`${told(after(), 'nothing-lost').join('\n')}\n`)
  })
})

move(
  'by dump and restore, from 13 to 18, of a database with damage',
  { major: 13, damaged: true, move: moveByDump },
  (after) => {
    test('every table has as many rows as before', () => {
      expect(COUNTED.map((check) => after().outcomes[check])).toEqual(COUNTED.map(() => 'pass'))
    })

    test('what was lost all the same is named, and nothing else', () => {
      expect(after().code).toBe(1)
      expect(failed(after())).toEqual(['nothing-lost', 'db.triggers-enabled', 'db.unlogged'])
      expect(told(after(), 'nothing-lost')).toEqual([
        'vanished constraint billing.invoices.invoices_ship_id_fkey',
        'vanished constraint billing.payments.payments_invoice_id_fkey',
        'vanished constraint public.calls.calls_ship_id_fkey',
        'vanished index public.ships_trimmed',
        'vanished role setting TimeZone of all roles',
        'vanished role setting default_transaction_read_only of harbour_report',
        'vanished role setting lock_timeout of harbour_app in all databases',
        'vanished role setting statement_timeout of all roles',
        'changed setting TimeZone',
        'sizes_differ size statement_timeout',
        'sizes_differ size wal_level',
        'content_differs table billing.invoices',
        'content_differs table public.berths',
        'content_differs table public.calls',
      ])
    })
  },
)
