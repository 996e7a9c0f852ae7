/**
 * Two equal tables compared: postflight beside the digest alone, as one would write it by hand and have psql run, on both
 * sides at once; and beside what is usual, sums of `md5(row::text)`.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { PostgresServer } from '../fixtures/servers/postgres.js'
import { type Command, type Ended, peaked, timed } from './cost.js'
import { atMost, type Figure, median, type Part, type Promised } from './figures.js'
import { endedBackendsCpu } from './server-cpu.js'
import { COLUMNS, makeTwoTables, type TwoTables } from './two-tables.js'

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

interface Contender {
  readonly by: string
  readonly command: Command
  /** Whether it came to the right result. */
  readonly right: (ended: Ended) => boolean
}

const WHAT = 'compare, equal tables of 12 columns'
const OWN = 'postflight'
const DIGEST = 'digest by psql'
const MD5 = 'md5(row::text) by psql'

export async function measureCompare(options: CompareOptions): Promise<Part> {
  const figures: Figure[] = []
  const promises: Promised[] = []
  for (const size of options.sizes) {
    options.say(`compare, ${size}: making tables`)
    const tables = await makeTwoTables(options.postgres.url, size)
    try {
      const { taken, kept } = await race(tables, size, options)
      figures.push(...taken)
      promises.push(...kept)
    } finally {
      await tables.drop()
    }
  }
  promises.push(...memoryPromises(figures))
  return { figures, promises, remarks: [] }
}

async function race(tables: TwoTables, size: number, options: CompareOptions) {
  const { rounds, signal, say, postgres } = options
  const takings = contenders(tables, size, options).map((contender) => ({
    contender,
    peak: 0,
    walls: [] as number[],
    cpus: [] as number[],
    server: [] as number[],
  }))
  const assertRight = ({ by, right }: Contender, ended: Ended): void => {
    if (!right(ended)) throw new Error(`${WHAT}: ${by} came to a wrong result: ${ended.code} ${ended.stdout}`)
  }
  for (const taking of takings) {
    // The run that looks at memory also warms the caches.
    const { peak, ...ended } = await peaked(taking.contender.command, signal)
    assertRight(taking.contender, ended)
    taking.peak = peak
  }
  for (let round = 0; round < rounds; round++) {
    // In turn first, so that what else the machine does burdens all alike.
    for (const taking of round % 2 === 0 ? takings : takings.toReversed()) {
      const before = await endedBackendsCpu(postgres.dataDir)
      const { wall, cpu, ...ended } = await timed(taking.contender.command, signal)
      assertRight(taking.contender, ended)
      taking.walls.push(wall)
      taking.cpus.push(cpu)
      taking.server.push((await endedBackendsCpu(postgres.dataDir)) - before)
    }
  }
  const taken = takings.map(({ contender: { by }, peak, walls, cpus, server }): Figure => {
    const note = `database server: ${median(server).toFixed(2)} s of CPU`
    say(`${WHAT}, ${size}: ${by.padEnd(22)} wall ${median(walls).toFixed(2)} s, peak ${peak.toFixed(0)} MiB, ${note}`)
    return { what: WHAT, size, by, wall: median(walls), cpu: median(cpus), peak, rounds, note }
  })
  return { taken, kept: promisesOf(takings, size) }
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
    { by: DIGEST, command: psql(digest(size)), right: same },
    { by: MD5, command: psql(SUM_OF_MD5), right: same },
  ]
}

const BOTH = `set -e
psql "$BENCH_SOURCE" -qAtc "$1" > "$WORK/source" & first=$!
psql "$BENCH_TARGET" -qAtc "$1" > "$WORK/target"
wait $first
test -s "$WORK/source"; cmp "$WORK/source" "$WORK/target"; echo same`

/** Seeded by the hash of the key, in buckets of about 4,096 rows: what finds a difference as fast as a server can tell it. */
function digest(size: number): string {
  const mask = Math.max(64, 2 ** Math.ceil(Math.log2(size / 4096))) - 1
  return `begin isolation level repeatable read read only;
select b, count(*), sum(h) from (select k & ${mask} as b, hash_record_extended(row(${COLUMNS.join(', ')}), k) as h
  from (select *, hash_record_extended(row(id), 0) as k from orders offset 0) as q offset 0) as z group by b order by b`
}

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

interface Taking {
  readonly contender: Contender
  readonly walls: readonly number[]
  readonly server: readonly number[]
}

/** Round by round, for what else the machine does changes from one to the next. */
function promisesOf(takings: readonly Taking[], size: number): Promised[] {
  const [own, digest, md5] = [OWN, DIGEST, MD5].map((name) => takings.find(({ contender: { by } }) => by === name))
  if (size < PROMISED_FROM || own === undefined || digest === undefined || md5 === undefined) return []
  const beside = (one: readonly number[], other: readonly number[]): number =>
    median(one.map((value, round) => value / (other[round] ?? Number.NaN)))
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

/** That memory does not grow with the data. */
function memoryPromises(figures: readonly Figure[]): Promised[] {
  const own = figures.filter(({ by }) => by === OWN)
  return own.flatMap((large) => {
    const small = own.find(({ size }) => size * 10 === large.size)
    if (large.size < PROMISED_FROM || small?.peak === undefined || large.peak === undefined) return []
    const what = `${WHAT}: peak memory of ${large.size.toLocaleString('en')} beside ${small.size.toLocaleString('en')}`
    return [atMost(what, large.peak / small.peak, 1.2, '×')]
  })
}
