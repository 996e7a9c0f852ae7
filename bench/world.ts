/** A directory of files and a table that names them, with a stated number of faults, for the benches. */
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'

export interface World {
  readonly root: string
  readonly rows: number
  readonly missing: number
  readonly orphaned: number
  readonly resized: number
}

const PER_DIRECTORY = 1000

/** Like an upload path: a directory per thousand, names of about forty bytes. */
export function keyOf(n: number): string {
  const spread = ((n * 2654435761) % 2 ** 32).toString(16).padStart(8, '0')
  return `${String(Math.floor(n / PER_DIRECTORY)).padStart(5, '0')}/${spread}-photo-${n.toString(36)}.jpg`
}

export const sizeOf = (n: number): number => n % 3

/** Every row has its file but the first two; two files have no row; one file has the wrong size. */
export function makeFiles(root: string, rows: number): World {
  rmSync(root, { recursive: true, force: true })
  for (let n = 0; n < rows; n++) {
    const file = path.join(root, keyOf(n))
    if (n % PER_DIRECTORY === 0) mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, 'xx'.slice(0, sizeOf(n)))
  }
  for (const n of [0, 1]) rmSync(path.join(root, keyOf(n)))
  for (const name of ['left-over.jpg', 'stray.jpg']) writeFileSync(path.join(root, '00000', name), 'x')
  truncateSync(path.join(root, keyOf(2)), 0)
  return { root, rows, missing: 2, orphaned: 2, resized: 1 }
}

export async function makeRows(url: string, rows: number): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('drop table if exists photos')
    await client.query('create unlogged table photos (path text, bytes bigint)')
    for (let from = 0; from < rows; from += 20_000) {
      const numbers = Array.from({ length: Math.min(20_000, rows - from) }, (_, index) => from + index)
      await client.query('insert into photos select * from unnest($1::text[], $2::bigint[])', [
        numbers.map(keyOf),
        numbers.map(sizeOf),
      ])
    }
    await client.query('analyze photos')
  } finally {
    await client.end()
  }
}
