/** How much looking into the objects of a list reads, as the list itself says. The list is run; nothing it names is read. */
import type { Reading } from '../../kinds/kind.js'
import { CheckError } from '../../lib/errors.js'
import type { Cell, SqlSession } from '../../sql/source.js'
import type { Estimate } from './result.js'

type Objects = Extract<Reading, { type: 'objects' }>

/** As in a run: beyond that something else was listed. */
const MOST = 100_000
// So that no schema but pg_catalog can lend a meaning to a name of the list.
const NO_PATH = "SELECT pg_catalog.set_config('search_path', '', true)"

export async function sumObjects(
  session: SqlSession,
  { list, most = Number.POSITIVE_INFINITY, budget = Number.POSITIVE_INFINITY }: Objects,
  searchPath: string | undefined,
): Promise<Estimate> {
  if (searchPath === undefined) await session.query({ text: NO_PATH })
  const { sizes, unsized, unseen } = await sizesOf(session, list)
  let [bytes, fitting] = [0, 0]
  for (const size of sizes.toSorted((a, b) => a - b)) {
    if (size > most || bytes + size > budget) break
    bytes += size
    fitting++
  }
  const leftOut = sizes.length - fitting + unseen
  return { type: 'objects', objects: fitting + unsized, bytes, unsized, leftOut }
}

async function sizesOf(session: SqlSession, list: Objects['list']) {
  const has = new Set((await session.describe(list)).map(({ name }) => name))
  const columns = ['object', 'bytes', 'unseen'].filter((name) => has.has(name))
  const sizes: number[] = []
  let [unsized, unseen] = [0, 0]
  for await (const rows of session.stream(list, { columns })) {
    for (const row of rows) {
      const cell = (name: string) => row[columns.indexOf(name)] ?? null
      if (cell('unseen') !== null) unseen++
      else if (cell('bytes') === null) unsized++
      else sizes.push(bytesOf(cell('bytes'), list))
    }
    if (sizes.length + unsized + unseen > MOST)
      throw new CheckError('the list gives more than 100,000 objects', { at: { path: list.path }, hint: 'narrow it' })
  }
  return { sizes, unsized, unseen }
}

function bytesOf(cell: Cell, { path }: Objects['list']): number {
  const bytes = Number(cell)
  if (Number.isFinite(bytes) && bytes >= 0) return bytes
  throw new CheckError('`bytes` of the list has to be a number of bytes', { at: { path } })
}
