/** Files with contents, and rows with their checksums, in a few mixes of sizes. */
import { createHash } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import pg from 'pg'
import { removeTree } from './world.js'

export interface Mix {
  readonly name: string
  readonly files: number
  /** So many contents, and the other files are links to them: long enough to be measured, and no strain on the disk. */
  readonly contents: number
  /** Bytes of the n-th content. */
  readonly sizeOf: (n: number) => number
}

export const MIXES: readonly Mix[] = [
  { name: '1–16 kB', files: 100_000, contents: 40_000, sizeOf: (n) => 1000 + ((n * 7919) % 15_000) },
  { name: '1–10 MB', files: 1500, contents: 300, sizeOf: (n) => 1_000_000 + ((n * 7_919_777) % 9_000_000) },
  {
    name: 'one in 50 of 5 MB, the rest 20 kB',
    files: 40_000,
    contents: 10_000,
    sizeOf: (n) => (n % 50 === 0 ? 5_000_000 : 20_000),
  },
]

/** Every so many, the content is not that of the row. */
const ALTERED = 1000

export interface Contents {
  readonly root: string
  readonly mix: Mix
  readonly bytes: number
  readonly altered: number
}

export async function makeContents(root: string, mix: Mix, url: string, signal: AbortSignal): Promise<Contents> {
  const whole = `${root}.whole`
  if (!existsSync(whole)) removeTree(root)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('drop table if exists contents')
    await client.query('create unlogged table contents (path text, bytes bigint, sha256 text)')
    let bytes = 0
    let altered = 0
    for (let from = 0; from < mix.files; from += 1000) {
      const keys: string[] = []
      const sums: string[] = []
      const sizes: number[] = []
      for (let n = from; n < Math.min(from + 1000, mix.files); n++) {
        if (n % 50 === 0) await setImmediate() // or no Ctrl-C would be heard
        signal.throwIfAborted()
        const key = keyOf(n)
        const first = n % mix.contents
        const content = contentOf(path.join(root, keyOf(first)), first, mix.sizeOf(first))
        if (first !== n) link(path.join(root, keyOf(first)), path.join(root, key))
        const wrong = n % ALTERED === ALTERED - 1
        if (wrong) altered++
        bytes += content.length
        keys.push(key)
        sizes.push(content.length)
        sums.push(
          createHash('sha256')
            .update(wrong ? 'another' : content)
            .digest('hex'),
        )
      }
      await client.query('insert into contents select * from unnest($1::text[], $2::bigint[], $3::text[])', [
        keys,
        sizes,
        sums,
      ])
    }
    await client.query('vacuum analyze contents')
    writeFileSync(whole, '')
    return { root, mix, bytes, altered }
  } finally {
    await client.end()
  }
}

function keyOf(n: number): string {
  return `${String(Math.floor(n / 100)).padStart(4, '0')}/${n.toString(36)}.bin`
}

function link(from: string, to: string): void {
  mkdirSync(path.dirname(to), { recursive: true })
  if (!existsSync(to)) linkSync(from, to)
}

/** A file that is there already is used again. Its bytes are no zeros, so that nothing in between saves work. */
function contentOf(file: string, n: number, size: number): Buffer {
  if (existsSync(file)) return readFileSync(file)
  const seed = createHash('sha512').update(String(n)).digest()
  const content = Buffer.alloc(size, seed)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, content)
  return content
}
