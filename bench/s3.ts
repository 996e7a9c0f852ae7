/**
 * Listing a bucket, three ways in one run against one server in another process: `list()` of postflight, the SDK's own
 * paginator, and as many bare requests at once whose bodies are read and looked at by nobody. Only the listing itself is
 * measured, of all of them: this process and the SDK have started, and each has a client that made one small request, as a
 * check of artifacts probes a bucket before it reads its rows, and long before it lists. CPU is that of this process alone.
 * The bare requests know beforehand how many pages there are, and where each begins; they are not in order, and only
 * signed, by the SDK's signer, where that is said: what a store asks of every request, and what it takes.
 * `npm run build && tsx bench/s3.ts [keys] [milliseconds an answer takes]`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Key, keyFromText } from '../src/lib/key.js'
import { createSpool } from '../src/lib/spool.js'
import { SPLIT_ENTRIES } from '../src/stores/store.js'
import { makeKeys } from './s3-keys.js'
import { bare, createSigning, type Lister, ours, paginator } from './s3-listers.js'

export interface S3Figures {
  readonly way: string
  readonly keys: number
  readonly latencyMs: number
  /** Of this process, user and system: of all its threads. */
  readonly cpuMicrosPerKey: number
  readonly keysPerCpuSecond: number
  readonly seconds: number
  readonly requests: number
  readonly ranges: number
  /** Of each round. */
  readonly walls: readonly number[]
}

export interface S3BenchOptions {
  readonly keys: number
  /** What each answer waits for. */
  readonly latencyMs: number
  readonly rounds: number
  readonly concurrency?: number
}

interface Way {
  readonly open: () => Promise<Lister>
  /** How many it lists. */
  readonly keys: number
  readonly rounds: number
}

/** Every page costs the paginator the same, and so much that all of a large bucket would take longer than all else. */
const PAGINATED = 100_000
/** To list so few takes so short a while that little disturbs it: that takes more rounds. */
const SHORT = 100_000
const SHORT_ROUNDS = 31

/** Medians of the rounds; the ways take turns. */
export async function measureS3({ keys, latencyMs, rounds, concurrency = 16 }: S3BenchOptions): Promise<S3Figures[]> {
  const server = await startServer(keys, latencyMs)
  const endpoint = `http://127.0.0.1:${server.port}`
  const splits = await splitsOf(makeKeys(keys).map(keyFromText))
  const all = keys > SHORT ? rounds : Math.max(rounds, SHORT_ROUNDS)
  const whole = (open: () => Promise<Lister>): Way => ({ open, keys, rounds: all })
  const paginated = Math.min(keys, PAGINATED)
  const ways: Readonly<Record<string, Way>> = {
    'bare requests, nothing parsed': whole(() => bare(server.port, keys, concurrency)),
    'signed requests, nothing parsed': whole(() => bare(server.port, keys, concurrency, createSigning(server.port))),
    'list(), ranges from the rows': whole(() => ours(endpoint, concurrency, splits)),
    'list(), ranges guessed': whole(() => ours(endpoint, concurrency, undefined)),
    // What one request after the other costs is known of few, too.
    ...(keys <= PAGINATED
      ? { 'list(), one range': { ...whole(() => ours(endpoint, 1, undefined)), rounds: Math.min(rounds, 5) } }
      : {}),
    'paginator of the SDK': {
      open: () => paginator(endpoint, paginated),
      keys: paginated,
      rounds: Math.min(rounds, 2),
    },
  }
  const found = new Map<string, S3Round[]>()
  try {
    for (let round = 0; round <= all; round++) {
      const turns = Object.entries(ways)
      // In turn first, so that what one leaves behind burdens all alike.
      for (const [name, way] of round % 2 === 0 ? turns : turns.reverse()) {
        if (round > way.rounds) continue
        const figures = await measure(name, way, latencyMs, endpoint)
        // The first round warms up.
        if (round > 0) found.set(name, [...(found.get(name) ?? []), figures])
      }
    }
  } finally {
    server.child.kill()
  }
  return Object.keys(ways).map((name) => median(found.get(name) ?? []))
}

type S3Round = Omit<S3Figures, 'walls'>

async function measure(way: string, { open, keys }: Way, latencyMs: number, endpoint: string): Promise<S3Round> {
  const lister = await open()
  try {
    await stats(endpoint, '?reset')
    const cpu = process.cpuUsage()
    const began = performance.now()
    const listed = await lister.list()
    const seconds = (performance.now() - began) / 1000
    const { user, system } = process.cpuUsage(cpu)
    if (listed !== keys) throw new Error(`${way}: ${listed} keys of ${keys}`)
    const { requests, ranges } = await stats(endpoint)
    const micros = user + system
    return {
      way,
      keys,
      latencyMs,
      cpuMicrosPerKey: micros / keys,
      keysPerCpuSecond: (keys / micros) * 1e6,
      seconds,
      requests,
      ranges,
    }
  } finally {
    await lister.close()
  }
}

/** As a check of artifacts cuts a bucket: at keys of its rows, some of which it remembers. */
async function splitsOf(keys: readonly Key[]): Promise<readonly Key[]> {
  const dir = mkdtempSync(path.join(tmpdir(), 'postflight-bench-keys-'))
  try {
    const spool = createSpool({ dir })
    for (const key of keys) await spool.add(key, '')
    const sorted = await spool.finish()
    const splits = sorted.splits(Math.ceil(keys.length / SPLIT_ENTRIES))
    await sorted.close()
    return splits
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function median(all: readonly S3Round[]): S3Figures {
  const sorted = [...all].sort((a, b) => a.cpuMicrosPerKey - b.cpuMicrosPerKey)
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (middle === undefined) throw new Error('no rounds')
  const walls = all.map((one) => one.seconds)
  return { ...middle, seconds: walls.toSorted((a, b) => a - b)[Math.floor(walls.length / 2)] ?? middle.seconds, walls }
}

async function startServer(
  keys: number,
  latencyMs: number,
): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const file = fileURLToPath(new URL('s3-server.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', file, String(keys), String(latencyMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout })) return { child, port: Number(line) }
  throw new Error('the server ended before it listened')
}

async function stats(endpoint: string, query = ''): Promise<Pick<S3Figures, 'requests' | 'ranges'>> {
  const answer = await fetch(`${endpoint}/stats${query}`)
  return (await answer.json()) as Pick<S3Figures, 'requests' | 'ranges'>
}

/** One line a way, with what it costs beside the bare requests and the paginator. */
export function s3Table(figures: readonly S3Figures[]): string {
  const bareOne = figures.find(({ way }) => way.startsWith('bare'))
  const lines = figures.map((one) => {
    const ratio = (of: (figures: S3Figures) => number) => (bareOne ? (of(one) / of(bareOne)).toFixed(2) : '')
    return [
      one.way.padEnd(32),
      `${one.cpuMicrosPerKey.toFixed(2)} µs/key`.padStart(13),
      `${ratio((f) => f.cpuMicrosPerKey)} ×`.padStart(9),
      `${Math.round(one.keysPerCpuSecond / 1000)} k/s/core`.padStart(13),
      `${one.seconds.toFixed(2)} s`.padStart(9),
      `${ratio((f) => f.seconds)} ×`.padStart(9),
      `${one.requests} requests`.padStart(15),
      `${one.ranges} ranges`.padStart(12),
    ].join(' ')
  })
  return lines.join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'
  const [keys = 200_000, latencyMs = 0, rounds = 5] = process.argv.slice(2).map(Number)
  console.log(`${keys} keys, ${latencyMs} ms an answer; CPU a key, beside bare; wall, beside bare`)
  console.log(s3Table(await measureS3({ keys, latencyMs, rounds })))
}
