/**
 * A record of a table, taken and held against it again: postflight beside the digest alone, as one would write it by hand and
 * have psql run, and as parallel workers do it. The one adds the catalogue, the NULLs of every column and a file that is whole.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Command, Ended } from './cost.js'
import { atMost, type Figure, type Part, type Promised } from './figures.js'
import { beside, type Contender, figuresOf, memoryPromises, OWN, type RaceOptions, race, type Taking } from './race.js'
import { digestSql, makeTwoTables, type TwoTables } from './two-tables.js'

export interface SnapshotOptions extends Omit<RaceOptions, 'what' | 'size'> {
  /** Rows of the table; of the two largest, the one has to be ten times the other for its memory to be held against it. */
  readonly sizes: readonly number[]
  /** postflight's `run.js`. */
  readonly bin: string
  readonly directory: string
  readonly env: NodeJS.ProcessEnv
}

const WHAT = 'record of a table of 12 columns'
const HELD = 'postflight, held against it'
const DIGEST = 'digest by psql'
const BY_WORKERS = 'digest by psql, parallel'
const PROMISED_FROM = 2_000_000

export async function measureSnapshot(options: SnapshotOptions): Promise<Part> {
  const figures: Figure[] = []
  const promises: Promised[] = []
  for (const size of options.sizes) {
    options.say(`record, ${size}: making tables`)
    const tables = await makeTwoTables(options.postgres.url, size)
    try {
      const about = { ...options, what: WHAT, size }
      const takings = await race(contenders(tables, size, options), about)
      figures.push(...figuresOf(takings, about))
      promises.push(...promisesOf(takings, size))
    } finally {
      await tables.drop()
    }
  }
  promises.push(...memoryPromises(figures, { what: WHAT, from: PROMISED_FROM }))
  return { figures, promises, remarks: [] }
}

function contenders({ source }: TwoTables, size: number, options: SnapshotOptions): readonly Contender[] {
  const { bin, directory, env } = options
  const work = path.join(directory, 'work')
  mkdirSync(work, { recursive: true })
  const file = path.join(work, 'snapshot.yaml')
  const record = path.join(work, 'before.snapshot')
  writeFileSync(file, checkFile(size))
  const own = (...args: readonly string[]): Command => ({
    program: process.execPath,
    args: [bin, ...args, file, '--json'],
    env: { ...env, BENCH_SOURCE: source },
  })
  const bare = (sql: string): Pick<Contender, 'command' | 'right'> => ({
    command: { program: 'psql', args: [source, '-qAtc', sql], env: { ...env, PGTZ: 'UTC' } },
    right: ({ code, stdout }) => code === 0 && stdout.split('\n').length > 64,
  })
  const read = ({ stdout }: Ended): unknown => JSON.parse(stdout).checks?.all?.subjects?.rows
  return [
    {
      by: OWN,
      command: own('snapshot', '--quiet', '--force', '--output', record),
      right: (ended) => ended.code === 0 && read(ended) === size,
    },
    { by: HELD, command: own('verify', '--quiet', '--baseline', record), right: ({ code }) => code === 0 },
    { by: DIGEST, ...bare(digestSql(size)) },
    { by: BY_WORKERS, ...bare(digestSql(size, "'0'")) },
  ]
}

function checkFile(size: number): string {
  return `version: 1
secrets: { source: { env: BENCH_SOURCE } }
connections: { old: { type: postgres, url: "\${secret.source}" } }
checks:
  - id: all
    kind: changed-since
    connection: old
    owner: bench
    severity: high
    remediation: none
    timeout: 1h
    expect: { tables: 1, rows: ${size} }
`
}

function promisesOf(takings: readonly Taking[], size: number): readonly Promised[] {
  const [own, held, digest, workers] = [OWN, HELD, DIGEST, BY_WORKERS].map((name) =>
    takings.find(({ by }) => by === name),
  )
  if (size < PROMISED_FROM || !own || !held || !digest || !workers) return []
  const where = `${WHAT}, ${size.toLocaleString('en')}`
  return [
    atMost(`${where}: wall beside the digest alone`, beside(own.walls, digest.walls), 1.2, '×'),
    atMost(`${where}: CPU of the server beside the digest alone`, beside(own.server, digest.server), 1.2, '×'),
    atMost(`${where}: CPU of the server beside the digest by workers`, beside(own.server, workers.server), 1.2, '×'),
    atMost(`${where}: wall, held against it, beside the digest alone`, beside(held.walls, digest.walls), 1.3, '×'),
  ]
}
