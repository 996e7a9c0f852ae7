/** Listing a bucket, as a part of the one table: what `s3.ts` measures, and the promises held against it. */
import { atMost, type Figure, type Part, type Promised } from './figures.js'
import { beside } from './race.js'
import { compiled, measureS3, type S3Figures } from './s3.js'

export interface S3PartOptions {
  readonly sizes: readonly number[]
  readonly rounds: number
  readonly say: (text: string) => void
}

/** What a test of a few pages says of a page is noise. */
const PROMISED_FROM = 100_000
const MOST = 1_000_000
const PAGE = 1000
/** What an answer waits for: nothing, so that only the work counts; and as long as a store nearby takes. */
const LATENCIES_MS = [0, 20]
const OURS = 'list(), ranges from the rows'
const BARE = 'bare requests, nothing parsed'

export async function measureS3Part({ sizes, rounds, say }: S3PartOptions): Promise<Part> {
  const figures: Figure[] = []
  const promises: Promised[] = []
  const remarks: string[] = []
  for (const latencyMs of LATENCIES_MS)
    for (const keys of sizes.filter((size) => size <= MOST)) {
      say(`S3, ${keys} keys, ${latencyMs} ms an answer`)
      const ways = await measureS3({ keys, latencyMs, rounds })
      figures.push(...ways.map(figureOf))
      if (keys < PROMISED_FROM) continue
      promises.push(...promisesOf(keys, ways))
      remarks.push(...remarksOf(keys, ways))
    }
  return { figures, promises, remarks }
}

function figureOf({ way, keys, latencyMs, seconds, cpuMicrosPerKey, requests, ranges, walls }: S3Figures): Figure {
  const cpu = (cpuMicrosPerKey * keys) / 1e6
  const note = `${cpuMicrosPerKey.toFixed(2)} µs of CPU a key, ${requests} requests, ${ranges} ranges`
  const what = `S3 over HTTP, ${latencyMs} ms an answer`
  return { what, size: keys, by: way, wall: seconds, cpu, rounds: walls.length, note }
}

function promisesOf(keys: number, ways: readonly S3Figures[]): Promised[] {
  const [own, bare, sdk] = [OURS, BARE, 'paginator of the SDK'].map((way) => ways.find((one) => one.way === way))
  if (own === undefined || bare === undefined || sdk === undefined) return []
  const where = whereOf(keys, own)
  const least = Math.ceil(keys / PAGE) + own.ranges
  const faster = own.keysPerCpuSecond / sdk.keysPerCpuSecond
  return [
    atMost(`${where}: CPU a key`, own.cpuMicrosPerKey, 3, 'µs'),
    {
      what: `${where}: keys a second and core, beside the SDK's paginator`,
      measured: `${faster.toFixed(1)} ×`,
      limit: '≥ 5 ×',
      kept: faster >= 5,
    },
    atMost(`${where}: wall beside bare requests, a process each`, beside(own.walls, bare.walls), 1.2, '×'),
    atMost(`${where}: requests beside the fewest there can be`, own.requests / least, 1.05, '×'),
  ]
}

/** No run lists a bucket four times over, but a reader may want to know it. */
function remarksOf(keys: number, ways: readonly S3Figures[]): string[] {
  const [own, bare] = [OURS, BARE].map((way) => ways.find((one) => one.way === compiled(way)))
  if (own === undefined || bare === undefined) return []
  const ratio = beside(own.walls, bare.walls).toFixed(2)
  return [
    `${whereOf(keys, own)}: the fourth listing of a process takes ${ratio} × the wall of bare requests, their fourth time.`,
  ]
}

function whereOf(keys: number, { latencyMs }: S3Figures): string {
  return `S3, ${keys.toLocaleString('en')} keys, ${latencyMs} ms an answer`
}
