/** Takes the record, moves the database, verifies it at its new home: by the command, as a user would. */
import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { harbourOf, makeHarbour, prepareHome } from '../../fixtures/move/moves.js'
import { startPostgres } from '../../fixtures/servers/postgres.js'
import type { Finding } from '../../src/kinds/observation.js'
import { directoryOf, runCli } from '../support/run-cli.js'

const PROJECT = join(import.meta.dirname, '../..')
/** As whoever stands in the project calls it. */
const CHECKS = 'fixtures/move/harbour.yaml'

export interface AfterMove {
  readonly code: number | null
  readonly report: string
  /** By check. */
  readonly outcomes: Readonly<Record<string, string>>
  readonly findings: (check: string) => readonly Finding[]
  readonly remove: () => void
}

export interface Moving {
  readonly major: number
  readonly damaged?: boolean
  readonly move: (from: string, to: string) => Promise<void>
}

export async function verifiedAfter({ major, damaged, move }: Moving): Promise<AfterMove> {
  const place = directoryOf()
  symlinkSync(join(PROJECT, 'fixtures'), join(place.path, 'fixtures'))
  const old = await startPostgres({ major, flags: ['wal_level=logical'] })
  const target = await startPostgres()
  try {
    const from = await makeHarbour(old, damaged)
    await prepareHome(target)
    const to = harbourOf(target)
    const options = (url: string) => ({ cwd: place.path, env: { HARBOUR_URL: url, LC_ALL: 'C.UTF-8' } })
    const taken = await runCli(['snapshot', CHECKS, '-o', 'before.snapshot'], options(from))
    if (taken.code !== 0) throw new Error(`no record was taken: ${taken.stdout}${taken.stderr}`)
    await move(from, to)
    // From here on the old one is gone.
    await old.stop()
    const flags = [
      '--baseline',
      'before.snapshot',
      '--findings',
      'findings',
      '--reporter',
      'json:run.json',
      '--reporter',
      'table',
    ]
    const { code, stdout } = await runCli(['verify', CHECKS, ...flags], options(to))
    const { checks } = JSON.parse(readFileSync(join(place.path, 'run.json'), 'utf8'))
    const outcomes = Object.fromEntries(checks.map(({ id, outcome }: Record<string, string>) => [id, outcome]))
    return { code, report: stdout, outcomes, findings: (check) => read(place.path, check), remove: place.remove }
  } catch (error) {
    place.remove()
    throw error
  } finally {
    await target.stop()
    await old.stop()
  }
}

function read(place: string, check: string): readonly Finding[] {
  const text = readFileSync(join(place, `findings/${check}.ndjson`), 'utf8')
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
}
