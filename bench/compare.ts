/**
 * Two equal tables compared: postflight beside the digest alone, as one would write it by hand and have psql run, on both
 * sides at once; and beside what is usual, sums of `md5(row::text)`.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { PostgresServer } from '../fixtures/servers/postgres.js'
import type { Command, Ended } from './cost.js'
import { atMost, type Figure, type Part, type Promised } from './figures.js'
import { beside, type Contender, figuresOf, memoryPromises, OWN, race, type Taking } from './race.js'
import { digestSql, makeTwoTables, type TwoTables } from './two-tables.js'

export interface CompareOptions {
  /** Rows of a table; of the two largest, the one has to be ten times the other for its memory to be held against it. */
  readonly sizes: readonly number[]
  readonly rounds: number
  readonly postgres: PostgresServer
  /** postflight's `run.js`. */
  readonly bin: string
  readonly directory: string
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  readonly say: (text: string) => void
}

const WHAT = 'compare, equal tables of 12 columns'
const DIGEST = 'digest by psql'
const MD5 = 'md5(row::text) by psql'

export async function measureCompare(options: CompareOptions): Promise<Part> {
  const figures: Figure[] = []
  const promises: Promised[] = []
  for (const size of options.sizes) {
    options.say(`compare, ${size}: making tables`)
    const tables = await makeTwoTables(options.postgres.url, size)
    try {
      const { taken, kept } = await raceOf(tables, size, options)
      figures.push(...taken)
      promises.push(...kept)
    } finally {
      await tables.drop()
    }
  }
  promises.push(...memoryPromises(figures, { what: WHAT, from: PROMISED_FROM }))
  return { figures, promises, remarks: [] }
}

async function raceOf(tables: TwoTables, size: number, options: CompareOptions) {
  const takings = await race(contenders(tables, size, options), { what: WHAT, size, ...options })
  return { taken: figuresOf(takings, { what: WHAT, size, ...options }), kept: promisesOf(takings, size) }
}

function contenders(tables: TwoTables, size: number, options: CompareOptions): readonly Contender[] {
  const { bin, directory, env } = options
  const work = path.join(directory, 'work')
  mkdirSync(work, { recursive: true })
  const file = path.join(work, 'compare.yaml')
  writeFileSync(file, checkFile(size))
  const own = { program: process.execPath, args: [bin, 'verify', file, '--json', '--quiet'] }
  const surroundings = { ...env, BENCH_SOURCE: tables.source, BENCH_TARGET: tables.target }
  const psql = (sql: string): Command => ({
    program: 'bash',
    args: ['-c', BOTH, 'bash', sql],
    env: { ...surroundings, WORK: work, PGTZ: 'UTC' },
  })
  const same = ({ code, stdout }: Ended): boolean => code === 0 && stdout === `same\n`
  return [
    { by: OWN, command: { ...own, env: surroundings }, right: ({ code }) => code === 0 },
    { by: DIGEST, command: psql(digestSql(size)), right: same },
    { by: MD5, command: psql(SUM_OF_MD5), right: same },
  ]
}

const BOTH = `set -e
psql "$BENCH_SOURCE" -qAtc "$1" > "$WORK/source" & first=$!
psql "$BENCH_TARGET" -qAtc "$1" > "$WORK/target"
wait $first
test -s "$WORK/source"; cmp "$WORK/source" "$WORK/target"; echo same`

const SUM_OF_MD5 = `select count(*), sum(('x' || substr(md5(orders::text), 1, 16))::bit(64)::bigint) from orders`

function checkFile(size: number): string {
  return `version: 1
secrets: { source: { env: BENCH_SOURCE }, target: { env: BENCH_TARGET } }
connections:
  old: { type: postgres, url: "\${secret.source}" }
  new: { type: postgres, url: "\${secret.target}" }
checks:
  - id: orders
    kind: compare
    source: { connection: old, table: orders }
    target: { connection: new, table: orders }
    owner: bench
    severity: high
    remediation: none
    timeout: 1h
    expect: { rows: ${size}, target_rows: ${size}, matched: ${size} }
`
}

const PROMISED_FROM = 2_000_000

function promisesOf(takings: readonly Taking[], size: number): Promised[] {
  const [own, digest, md5] = [OWN, DIGEST, MD5].map((name) => takings.find(({ by }) => by === name))
  if (size < PROMISED_FROM || own === undefined || digest === undefined || md5 === undefined) return []
  const where = `${WHAT}, ${size.toLocaleString('en')}`
  const less = beside(md5.server, own.server)
  return [
    atMost(`${where}: wall beside the digest alone`, beside(own.walls, digest.walls), 1.3, '×'),
    {
      what: `${where}: CPU of the server, that of md5(row::text) beside it`,
      measured: `${less.toFixed(1)} ×`,
      limit: '≥ 3 ×',
      kept: less >= 3,
    },
  ]
}
