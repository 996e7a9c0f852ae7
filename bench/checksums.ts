/** The SHA-256 of every file, held against its row: postflight beside `openssl dgst` run by `xargs` on all cores. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { type Contents, MIXES, makeContents } from './contents.js'
import { type Command, type Ended, peaked, timed } from './cost.js'
import { atMost, type Figure, median, type Part, type Promised } from './figures.js'
import { removeTree } from './world.js'

export interface ChecksumsOptions {
  readonly rounds: number
  readonly url: string
  /** postflight's `run.js`. */
  readonly bin: string
  /** Where the trees are made. */
  readonly directory: string
  readonly keep: boolean
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

export async function measureChecksums(options: ChecksumsOptions): Promise<Part> {
  const figures: Figure[] = []
  const promises: Promised[] = []
  for (const [index, mix] of MIXES.entries()) {
    const root = path.join(options.directory, `contents-${index}`)
    try {
      options.say(`checksums, ${mix.name}: making files and rows`)
      const contents = await makeContents(root, mix, options.url, options.signal)
      const taken = await race(contents, options)
      figures.push(...taken)
      promises.push(...promisesOf(taken))
    } finally {
      if (!options.keep) removeTree(root)
    }
  }
  return { figures, promises, remarks: [] }
}

async function race(contents: Contents, options: ChecksumsOptions): Promise<Figure[]> {
  const { rounds, signal, say } = options
  const what = `checksums, ${contents.mix.name}`
  const takings = [postflight(contents, options), openssl(contents, options)].map((contender) => ({
    contender,
    peak: 0,
    walls: [] as number[],
    cpus: [] as number[],
  }))
  const assertRight = ({ by, right }: Contender, ended: Ended) => {
    if (!right(ended))
      throw new Error(`${what}: ${by} came to a wrong result: ${ended.code} ${ended.stdout.slice(-3000)}`)
  }
  for (const taking of takings) {
    // The run that looks at memory also warms the caches.
    const ended = await peaked(taking.contender.command, signal)
    assertRight(taking.contender, ended)
    taking.peak = ended.peak
  }
  for (let round = 0; round < rounds; round++) {
    // In turn first, so that what else the machine does burdens both alike.
    for (const taking of round % 2 === 0 ? takings : takings.toReversed()) {
      const { wall, cpu, ...ended } = await timed(taking.contender.command, signal)
      assertRight(taking.contender, ended)
      taking.walls.push(wall)
      taking.cpus.push(cpu)
    }
  }
  return takings.map(({ contender: { by }, peak, walls, cpus }) => {
    const [wall, cpu] = [median(walls), median(cpus)]
    say(`${what}: ${by.padEnd(10)} wall ${wall.toFixed(2)} s, CPU ${cpu.toFixed(2)} s, peak ${peak.toFixed(0)} MiB`)
    const note = `${(contents.bytes / 1e9).toFixed(2)} GB, ${(contents.bytes / 1e6 / wall).toFixed(0)} MB/s`
    return { what, size: contents.mix.files, by, wall, cpu, peak, rounds, note }
  })
}

/** Start-up, rows, listing and the report are in it, as they are in every run. */
function postflight({ root, mix, altered }: Contents, { directory, env, url, bin }: ChecksumsOptions): Contender {
  const work = path.join(directory, 'work')
  mkdirSync(work, { recursive: true })
  const file = path.join(work, 'checksums.yaml')
  writeFileSync(
    file,
    `version: 1
secrets: { url: { env: BENCH_URL } }
connections:
  main: { type: postgres, url: "\${secret.url}" }
  photos: { type: files, root: ${JSON.stringify(root)} }
checks:
  - id: photos
    kind: artifacts
    rows:
      connection: main
      sql: select path, sha256 from contents
      key: path
      checksum: { column: sha256, algorithm: sha256 }
    store: photos
    verify: { checksum: all }
    owner: bench
    severity: high
    remediation: none
    timeout: 1h
    expect: { rows: ${mix.files}, verified: ${mix.files - altered}, checksum_mismatch: ${altered}, orphaned: 0, missing: 0 }
`,
  )
  const args = [bin, 'verify', file, '--json', '--quiet']
  const command = { program: process.execPath, args, env: { ...env, BENCH_URL: url } }
  return { by: 'postflight', command, right: ({ code }) => code === 0 }
}

/** Only hashes: nothing is compared with the rows, which would cost it more. */
function openssl({ root, mix }: Contents, { env }: ChecksumsOptions): Contender {
  const script = `set -e -o pipefail
find "$ROOT" -type f -print0 | xargs -0 -P ${availableParallelism()} -n 64 openssl dgst -sha256 | wc -l`
  const command = { program: 'bash', args: ['-c', script], env: { ...env, ROOT: root } }
  return { by: 'openssl', command, right: ({ code, stdout }) => code === 0 && stdout.trim() === String(mix.files) }
}

function promisesOf(taken: readonly Figure[]): Promised[] {
  const [own, peer] = [taken.find(({ by }) => by === 'postflight'), taken.find(({ by }) => by === 'openssl')]
  if (own === undefined || peer === undefined) return []
  return [
    atMost(`${own.what}: wall beside openssl`, own.wall / peer.wall, 1.2, '×'),
    atMost(`${own.what}: peak memory`, own.peak ?? Number.NaN, 256, 'MiB'),
  ]
}
