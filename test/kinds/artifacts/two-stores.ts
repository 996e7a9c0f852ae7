// One table, two directories and a root that is not there: what many rules of artifacts are tried on.
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { createTree, type Tree } from './tree.js'
import { openWorld, type World } from './world.js'

export interface TwoStores {
  readonly database: TestDatabase
  /** Of the last `given`: connections main, uploads, old and nowhere. */
  readonly world: World
  /** The root of `uploads`. */
  readonly tree: Tree
  /** The root of `old`. */
  readonly second: Tree
  /** Rows of the table, files of `uploads` and of `old`. */
  readonly given: (rows: readonly string[], files: readonly string[], others?: readonly string[]) => Promise<void>
  /** After each test. */
  readonly tidy: () => Promise<void>
}

export const ROWS = { connection: 'main', sql: 'select * from files', key: 'path' }
export const CHECK = { rows: ROWS, store: 'uploads' }
export const LISTED = { expect: { orphaned: 0 } }
export const many = (count: number, prefix = '') =>
  Array.from({ length: count }, (_, index) => `${prefix}f${index}.txt`)

export async function openTwoStores(): Promise<TwoStores> {
  const database = await createDatabase()
  await database.client.query('create table files (path text, place text, made timestamptz default now())')
  let now: { readonly world: World; readonly tree: Tree; readonly second: Tree } | undefined
  const current = () => {
    if (now === undefined) throw new Error('nothing is given yet')
    return now
  }
  return {
    database,
    get world() {
      return current().world
    },
    get tree() {
      return current().tree
    },
    get second() {
      return current().second
    },
    given: async (rows, files, others = []) => {
      await database.client.query("insert into files (path, made) select unnest($1::text[]), '2019-04-01'", [rows])
      const all = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 'x']))
      const tree = createTree(all(files))
      const second = createTree(all(others))
      const world = openWorld({
        main: { type: 'postgres', url: database.url },
        uploads: { type: 'files', root: tree.root },
        old: { type: 'files', root: second.root },
        nowhere: { type: 'files', root: `${tree.root}/not-there` },
      })
      now = { world, tree, second }
    },
    tidy: async () => {
      const { world, tree, second } = current()
      now = undefined
      await world.close()
      tree.remove()
      second.remove()
      await database.client.query('truncate files')
    },
  }
}
