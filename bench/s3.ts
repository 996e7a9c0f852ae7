/**
 * Listing a bucket, several ways in one run against one server in another process: `list()` of postflight, the SDK's own
 * paginator, and as many bare requests at once whose bodies are read and looked at by nobody. Each listing has a process of
 * its own, as a run lists a bucket once, and nothing another way has compiled or left to be collected. Only the listing
 * itself is measured, of all of them: the process and the SDK have started, and each has a client that made one small
 * request, as a check of artifacts probes a bucket before it reads its rows, and long before it lists. CPU is that of the
 * process alone. What the fourth listing of a process takes, all of its code compiled, is told beside it where answers
 * take no time.
 * The bare requests know beforehand how many pages there are, and where each begins; they are not in order, and only
 * signed, by the SDK's signer, where that is said: what a store asks of every request, and what it takes.
 * `npm run build && tsx bench/s3.ts [keys] [milliseconds an answer takes] [rounds]`.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Key, keyFromText } from '../src/lib/key.js'
import { createSpool } from '../src/lib/spool.js'
import { SPLIT_ENTRIES } from '../src/stores/store.js'
import { median } from './figures.js'
import { makeKeys } from './s3-keys.js'
import type { Listing } from './s3-listing.js'

export interface S3Figures {
  readonly way: string
  readonly keys: number
  readonly latencyMs: number
  /** Of its process, user and system: of all its threads. */
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
  readonly name: string
  /** As `s3-listing.ts` knows it. */
  readonly as: string
  /** How many it lists. */
  readonly keys: number
  readonly atOnce: number
  readonly rounds: number
  /** In each process. */
  readonly times: number
  readonly listings: Listing[][]
}

/** Every page costs the paginator the same, and so much that all of a large bucket would take longer than all else. */
const PAGINATED = 100_000
/** To list so few takes so short a while that little disturbs it: that takes more rounds. */
const SHORT = 100_000
const SHORT_ROUNDS = 11
const LEAST_ROUNDS = 7
/** By then all code of a listing is compiled. Where answers take their time, that makes no difference. */
const COMPILED = 4

/** Medians of the rounds, in which the ways take turns: of the first listings of their processes, then of the last ones. */
export async function measureS3({ keys, latencyMs, rounds, concurrency = 16 }: S3BenchOptions): Promise<S3Figures[]> {
  const all = Math.max(rounds, keys > SHORT ? LEAST_ROUNDS : SHORT_ROUNDS)
  const way = (name: string, as: string, atOnce = concurrency): Way => ({
    name,
    as,
    keys,
    atOnce,
    rounds: all,
    times: latencyMs === 0 ? COMPILED : 1,
    listings: [],
  })
  const ways = [
    way('bare requests, nothing parsed', 'bare'),
    way('signed requests, nothing parsed', 'signed'),
    way('list(), ranges from the rows', 'rows'),
    way('list(), ranges guessed', 'guessed'),
    // What one request after the other costs is known of few, too.
    ...(keys <= PAGINATED
      ? [{ ...way('list(), one range', 'guessed', 1), rounds: Math.min(rounds, 5), times: 1 }]
      : []),
    {
      ...way('paginator of the SDK', 'paginator'),
      keys: Math.min(keys, PAGINATED),
      rounds: Math.min(rounds, 2),
      times: 1,
    },
  ]
  const dir = mkdtempSync(path.join(tmpdir(), 'postflight-bench-s3-'))
  const { child, port } = await startServer(keys, latencyMs)
  try {
    const splits = path.join(dir, 'splits.json')
    writeFileSync(splits, JSON.stringify(await splitsOf(makeKeys(keys).map(keyFromText), dir)))
    for (let round = 0; round <= all; round++) {
      // In turn first, so that what else the machine does burdens all alike.
      for (const one of round % 2 === 0 ? ways : ways.toReversed()) {
        if (round > one.rounds) continue
        const listings = await listingsOf(one, port, splits)
        // The first round warms up the server.
        if (round > 0) one.listings.push(listings)
      }
    }
  } finally {
    child.kill()
    rmSync(dir, { recursive: true, force: true })
  }
  const first = ways.map((one) => figuresOf(one, latencyMs, one.name, 0))
  const again = ways.filter(({ times }) => times > 1)
  return [...first, ...again.map((one) => figuresOf(one, latencyMs, compiled(one.name), -1))]
}

/** What the last listing of a process is called. */
export function compiled(way: string): string {
  return `${way}, once compiled`
}

async function listingsOf({ as, keys, atOnce, times }: Way, port: number, splits: string): Promise<Listing[]> {
  const file = fileURLToPath(new URL('s3-listing.ts', import.meta.url))
  const args = ['--import', 'tsx', file, as, String(port), String(keys), String(atOnce), String(times), splits]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout)
}

function figuresOf({ keys, listings }: Way, latencyMs: number, way: string, which: number): S3Figures {
  const those = listings.flatMap((round) => round.at(which) ?? [])
  const walls = those.map(({ seconds }) => seconds)
  const cpuMicros = median(those.map((one) => one.cpuMicros))
  return {
    way,
    keys,
    latencyMs,
    cpuMicrosPerKey: cpuMicros / keys,
    keysPerCpuSecond: (keys / cpuMicros) * 1e6,
    seconds: median(walls),
    requests: Math.max(...those.map(({ requests }) => requests)),
    ranges: Math.round(median(those.map(({ ranges }) => ranges))),
    walls,
  }
}

/** As a check of artifacts cuts a bucket: at keys of its rows, some of which it remembers. */
async function splitsOf(keys: readonly Key[], dir: string): Promise<readonly Key[]> {
  const spool = createSpool({ dir })
  for (const key of keys) await spool.add(key, '')
  const sorted = await spool.finish()
  const splits = sorted.splits(Math.ceil(keys.length / SPLIT_ENTRIES))
  await sorted.close()
  return splits
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

/** One line a way, with what it costs beside the bare requests and the paginator. */
export function s3Table(figures: readonly S3Figures[]): string {
  const bareOne = figures.find(({ way }) => way.startsWith('bare'))
  const lines = figures.map((one) => {
    const ratio = (of: (figures: S3Figures) => number) => (bareOne ? (of(one) / of(bareOne)).toFixed(2) : '')
    return [
      one.way.padEnd(46),
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
  const [keys = 200_000, latencyMs = 0, rounds = 5] = process.argv.slice(2).map(Number)
  console.log(`${keys} keys, ${latencyMs} ms an answer; CPU a key, beside bare; wall, beside bare`)
  console.log(s3Table(await measureS3({ keys, latencyMs, rounds })))
}
