/** Several ways to the same result, run in turn: what each costs, the database server's share of it included. */
import type { PostgresServer } from '../fixtures/servers/postgres.js'
import { type Command, type Ended, peaked, timed } from './cost.js'
import { atMost, type Figure, median, type Promised } from './figures.js'
import { endedBackendsCpu } from './server-cpu.js'

export interface Contender {
  readonly by: string
  readonly command: Command
  /** Whether it came to the right result. */
  readonly right: (ended: Ended) => boolean
}

/** What one of them cost, round by round. */
export interface Taking {
  readonly by: string
  /** MiB. */
  readonly peak: number
  /** Seconds. */
  readonly walls: readonly number[]
  readonly cpus: readonly number[]
  /** CPU of the database server. */
  readonly server: readonly number[]
}

export interface RaceOptions {
  readonly what: string
  readonly size: number
  readonly rounds: number
  readonly postgres: PostgresServer
  readonly signal: AbortSignal
  readonly say: (text: string) => void
}

export const OWN = 'postflight'

export async function race(contenders: readonly Contender[], options: RaceOptions): Promise<readonly Taking[]> {
  const { what, rounds, signal, postgres } = options
  const takings = contenders.map((contender) => ({
    contender,
    peak: 0,
    walls: [] as number[],
    cpus: [] as number[],
    server: [] as number[],
  }))
  const assertRight = ({ by, right }: Contender, ended: Ended): void => {
    if (!right(ended)) throw new Error(`${what}: ${by} came to a wrong result: ${ended.code} ${ended.stdout}`)
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
  return takings.map(({ contender: { by }, ...taking }) => ({ by, ...taking }))
}

export function figuresOf(takings: readonly Taking[], { what, size, rounds, say }: RaceOptions): readonly Figure[] {
  return takings.map(({ by, peak, walls, cpus, server }): Figure => {
    const note = `database server: ${median(server).toFixed(2)} s of CPU`
    say(`${what}, ${size}: ${by.padEnd(22)} wall ${median(walls).toFixed(2)} s, peak ${peak.toFixed(0)} MiB, ${note}`)
    return { what, size, by, wall: median(walls), cpu: median(cpus), peak, rounds, note }
  })
}

/** Round by round, for what else the machine does changes from one to the next. */
export function beside(one: readonly number[], other: readonly number[]): number {
  return median(one.map((value, round) => value / (other[round] ?? Number.NaN)))
}

/** That memory does not grow with the data: of sizes of which one is ten times the other. */
export function memoryPromises(
  figures: readonly Figure[],
  { what, from }: { readonly what: string; readonly from: number },
): readonly Promised[] {
  const own = figures.filter(({ by }) => by === OWN)
  return own.flatMap((large) => {
    const small = own.find(({ size }) => size * 10 === large.size)
    if (large.size < from || small?.peak === undefined || large.peak === undefined) return []
    const where = `${what}: peak memory of ${large.size.toLocaleString('en')} beside ${small.size.toLocaleString('en')}`
    return [atMost(where, large.peak / small.peak, 1.2, '×')]
  })
}
