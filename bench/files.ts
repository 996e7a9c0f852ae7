/** Rows of PostgreSQL against files on disk, both directions: postflight beside the shell pipeline and rclone. */
import path from 'node:path'
import type { PostgresServer } from '../fixtures/servers/postgres.js'
import { type Contender, MODES, type Mode, postflight, rclone, type Setting, shell } from './contenders.js'
import { peaked, timed } from './cost.js'
import { atMost, type Figure, median, type Part, type Promised } from './figures.js'
import { backendsCpu } from './server-cpu.js'
import type { Shape } from './shapes.js'
import { makeFiles, makeRows, removeTree } from './world.js'

export interface FilesOptions {
  readonly sizes: readonly number[]
  readonly shapes: readonly Shape[]
  readonly rounds: number
  readonly rclone: boolean
  readonly postgres: PostgresServer
  /** postflight's `run.js`. */
  readonly bin: string
  /** Where the trees are made. */
  readonly directory: string
  readonly keep: boolean
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  readonly say: (text: string) => void
}

export async function measureFiles(options: FilesOptions): Promise<Part> {
  const figures: Figure[] = []
  const promises: Promised[] = []
  const remarks = new Set<string>()
  for (const shape of options.shapes)
    for (const size of options.sizes) {
      const root = path.join(options.directory, `${shape}-${size}`)
      try {
        options.say(`${shape}, ${size}: making files and rows`)
        const world = await makeFiles(root, shape, size, options.signal)
        await makeRows(options.postgres.url, shape, size, options.signal)
        for (const mode of MODES) {
          const work = path.join(options.directory, 'work')
          const setting = { world, mode, url: options.postgres.url, bin: options.bin, work, env: options.env }
          const taken = await race(setting, options, remarks)
          figures.push(...taken)
          promises.push(...promisesOf(taken, { shape, size, mode }))
        }
      } finally {
        if (!options.keep) removeTree(root)
      }
    }
  promises.push(...memoryPromises(figures))
  return { figures, promises, remarks: [...remarks] }
}

/** To check so few takes so short a while that little disturbs it: that takes more rounds. */
const SHORT = 10_000
const SHORT_ROUNDS = 11

async function race(setting: Setting, options: FilesOptions, remarks: Set<string>): Promise<Figure[]> {
  const { signal, say } = options
  const rounds = setting.world.rows > SHORT ? options.rounds : Math.max(options.rounds, SHORT_ROUNDS)
  const contenders: Contender[] = [postflight(setting), shell(setting)]
  if (options.rclone) {
    const third = rclone(setting)
    if (third === undefined) remarks.add('rclone is not installed: left out.')
    else contenders.push(third)
    remarks.add(
      '`rclone check` compares two directories, or files with a list of checksums: it cannot be given rows with sizes, so its listing stands here.',
    )
  }
  const { world, mode } = setting
  const what = `files, ${world.shape}, ${mode}`
  const takings = contenders.map((contender) => ({ contender, peak: 0, walls: [0], cpus: [0], server: [0] }))
  for (const taking of takings) {
    // The run that looks at memory also warms the caches.
    const { peak, ...ended } = await peaked(taking.contender.command, signal)
    assertRight(what, taking.contender, ended)
    Object.assign(taking, { peak, walls: [], cpus: [], server: [] })
  }
  for (let round = 0; round < rounds; round++) {
    // In turn first, so that what else the machine does burdens all alike.
    for (const taking of round % 2 === 0 ? takings : takings.toReversed()) {
      if (taking.contender.once && round > 0) continue
      const before = backendsCpu(options.postgres.dataDir)
      const { wall, cpu, ...ended } = await timed(taking.contender.command, signal)
      assertRight(what, taking.contender, ended)
      taking.walls.push(wall)
      taking.cpus.push(cpu)
      taking.server.push(backendsCpu(options.postgres.dataDir) - before)
    }
  }
  return takings.map(({ contender, peak, walls, cpus, server }) => {
    const figure: Figure = {
      what,
      size: world.rows,
      by: contender.name,
      wall: median(walls),
      cpu: median(cpus),
      peak,
      rounds: walls.length,
      note: `database server: ${median(server).toFixed(2)} s of CPU`,
    }
    const spread = `${Math.min(...walls).toFixed(2)}–${Math.max(...walls).toFixed(2)}`
    say(
      `${what}, ${world.rows}: ${contender.name.padEnd(10)} wall ${figure.wall.toFixed(2)} s (${spread}), ` +
        `CPU ${median(cpus).toFixed(2)} s, server ${median(server).toFixed(2)} s, peak ${peak.toFixed(0)} MiB`,
    )
    return figure
  })
}

/** A tool that is fast and wrong is no contender. */
function assertRight(what: string, { name, wrong }: Contender, ended: Parameters<Contender['wrong']>[0]): void {
  const mistake = wrong(ended)
  if (mistake !== undefined) throw new Error(`${what}: ${name} came to a wrong verdict: ${mistake}`)
}

const MEASURED_AT = 1_000_000
const QUICK = 10_000
const LARGEST = 3_000_000

/** That memory does not grow with the data. */
function memoryPromises(figures: readonly Figure[]): Promised[] {
  return figures.flatMap((large) => {
    if (large.by !== 'postflight' || large.size !== LARGEST) return []
    const small = figures.find(({ what, by, size }) => what === large.what && by === large.by && size === MEASURED_AT)
    if (small?.peak === undefined || large.peak === undefined) return []
    return [atMost(`${large.what}: peak memory of 3 M beside 1 M`, large.peak / small.peak, 1.2, '×')]
  })
}

function promisesOf(
  taken: readonly Figure[],
  { shape, size, mode }: { readonly shape: Shape; readonly size: number; readonly mode: Mode },
): Promised[] {
  const [own, pipeline] = [taken.find(({ by }) => by === 'postflight'), taken.find(({ by }) => by === 'shell')]
  if (own === undefined || pipeline === undefined) return []
  const where = `files, ${shape}, ${mode}, ${size.toLocaleString('en')}`
  const promises = [atMost(`${where}: peak memory`, own.peak ?? Number.NaN, 256, 'MiB')]
  if (size >= MEASURED_AT)
    promises.push(atMost(`${where}: wall beside the shell pipeline`, own.wall / pipeline.wall, 1, '×'))
  if (size === QUICK) promises.push(atMost(`${where}: wall, start-up included`, own.wall, 0.6, 's'))
  return promises
}
