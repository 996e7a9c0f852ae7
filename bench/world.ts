/** A directory of files and a table that names them, with a stated number of faults, for the benches. */
import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import pg from 'pg'
import { keyOf, type Shape } from './shapes.js'

export interface World {
  readonly root: string
  readonly shape: Shape
  readonly rows: number
  /** Rows without a file, files without a row, files of another size than their row says. */
  readonly missing: number
  readonly orphaned: number
  readonly resized: number
}

const FAULTS = 20
const SEED = 4

/** What a whole tree was made by: one of an earlier bench is made anew. */
const RECIPE = 'sizes of 1 to 3'

/** None is empty: of empty files a check warns. */
const sizeOf = (n: number): number => 1 + (n % 3)

/** A tree that is there already, whole, is used again. */
export async function makeFiles(root: string, shape: Shape, rows: number, signal: AbortSignal): Promise<World> {
  const world = { root, shape, rows, missing: FAULTS, orphaned: FAULTS, resized: FAULTS }
  const whole = `${root}.whole`
  if (existsSync(whole) && readFileSync(whole, 'utf8') === RECIPE) return world
  removeTree(root)
  let made = ''
  for (let n = 0; n < rows; n++) {
    if (n % 10_000 === 0) await setImmediate() // or no Ctrl-C would be heard
    signal.throwIfAborted()
    const fault = faultOf(n, rows)
    const key = keyOf(shape, n)
    const file = path.join(root, fault === 'missing' ? `${path.dirname(key)}/stray-${n}.tmp` : key)
    const directory = path.dirname(file)
    if (directory !== made) mkdirSync(directory, { recursive: true })
    made = directory
    const fd = openSync(file, 'w')
    writeSync(fd, 'xxxx'.slice(0, fault === 'resized' ? 4 : sizeOf(n)))
    closeSync(fd)
  }
  writeFileSync(whole, RECIPE)
  return world
}

/** Both kinds spread evenly over the tree. Beside each missing file lies a stray one, so the number of files is that of rows. */
function faultOf(n: number, rows: number): 'missing' | 'resized' | undefined {
  const every = Math.floor(rows / FAULTS)
  if (n >= every * FAULTS) return undefined
  if (n % every === 1) return 'missing'
  if (n % every === 2) return 'resized'
  return undefined
}

/** Node's own removal takes several times as long for a million files. */
export function removeTree(root: string): void {
  spawnSync('rm', ['-rf', root, `${root}.whole`], { stdio: 'inherit' })
}

/** In random order, the same each time: an ordered table would give whoever sorts it an easy day. */
export async function makeRows(url: string, shape: Shape, rows: number, signal: AbortSignal): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('drop table if exists photos')
    await client.query('create unlogged table photos (path text, bytes bigint)')
    const order = shuffled(rows)
    for (let from = 0; from < rows; from += 20_000) {
      signal.throwIfAborted()
      const numbers = Array.from(order.subarray(from, from + 20_000))
      const keys = numbers.map((n) => keyOf(shape, n))
      const sizes = numbers.map(sizeOf)
      await client.query('insert into photos select * from unnest($1::text[], $2::bigint[])', [keys, sizes])
    }
    await client.query('vacuum analyze photos')
    await client.query('checkpoint')
  } finally {
    await client.end()
  }
}

function shuffled(count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index)
  const random = mulberry32(SEED)
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const kept = order[last] ?? 0
    order[last] = order[other] ?? 0
    order[other] = kept
  }
  return order
}

/** Tommy Ettinger's generator, of the public domain. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
