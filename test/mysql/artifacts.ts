/** Kind `artifacts` with its rows in MySQL: the same findings as of any database, keys to the byte. */
import { createHash } from 'node:crypto'
import { utimesSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createBudget } from '../../src/kinds/artifacts/budget.js'
import { type Candidates, lookAgain } from '../../src/kinds/artifacts/look-again.js'
import { compileRules } from '../../src/kinds/artifacts/rules.js'
import { type Key, keyFromText } from '../../src/lib/key.js'
import { createTree, type Tree } from '../kinds/artifacts/tree.js'
import { checkOf, contextOf, openWorld, see, type World } from '../kinds/artifacts/world.js'
import type { Shop } from './shop.js'

const sha = (text: string) => createHash('sha256').update(text).digest('hex')
const hex = (text: string) => `_utf8mb4 X'${Buffer.from(text).toString('hex')}'`

/** In an order no collation has. */
const NAMES = [
  'b/É.txt',
  'B.txt',
  'a',
  'Zoë 🛒',
  "it's",
  'back\\slash',
  'é',
  'e\u0301',
  'tab\there',
  '_',
  'b/é.txt',
  'a ',
]

export function artifactsOnMysql(use: () => Shop): void {
  describe('kind artifacts', () => {
    let tree: Tree
    let world: World
    beforeAll(async () => {
      tree = createTree()
      const { connect_timeout: _, lock_timeout: __, ...main } = use().spec()
      world = openWorld({ main, uploads: { type: 'files', root: tree.root } })
      await use().write(
        'CREATE TABLE files (path VARCHAR(100), bytes BIGINT UNSIGNED, sum CHAR(64), made DATETIME, at TIMESTAMP NULL)',
        'CREATE TABLE old (latin VARCHAR(50) CHARACTER SET latin1, raw VARBINARY(50), gbk VARCHAR(50) CHARACTER SET gbk)',
      )
    })
    afterEach(async () => {
      await use().write('DELETE FROM files', 'DELETE FROM old')
      tree.clear()
    })
    afterAll(async () => {
      await world?.close()
      tree?.remove()
    })

    /** Each file holds its own name. */
    const put = async (names: readonly string[], made = 'NULL') => {
      for (const name of names) tree.put(keyFromText(name), name)
      const rows = names.map((name) => `(${hex(name)}, ${Buffer.byteLength(name)}, '${sha(name)}', ${made}, ${made})`)
      await use().write(`INSERT INTO files VALUES ${rows.join(', ')}`)
    }
    /** Long ago: an entry that is young is spared. */
    const leave = (name: string) => {
      tree.put(name)
      utimesSync(tree.path(name), 1, 1)
    }
    const CHECK = {
      rows: {
        connection: 'main',
        sql: 'select path, bytes, sum, made, at from files',
        key: 'path',
        size: 'bytes',
        checksum: { column: 'sum', algorithm: 'sha256' },
        time: 'made',
      },
      store: 'uploads',
      grace: '10m',
      verify: { checksum: 'all' },
    }
    const keyed = (column: string) => ({
      rows: { connection: 'main', sql: `select ${column} as k from old where ${column} is not null`, key: 'k' },
      store: 'uploads',
    })

    it('nothing is wrong where all is there, whatever the names and in whatever order they come', async () => {
      await put(NAMES)
      const { subjects, told } = await see(world, CHECK, { expect: { orphaned: 0 } })
      expect(told).toEqual([])
      expect(subjects).toMatchObject({ rows: NAMES.length, entries: NAMES.length, matched: NAMES.length, verified: 12 })
    })

    it('each thing that is wrong is told as what it is', async () => {
      await put([...NAMES, 'gone', 'short', 'other'])
      await put(['young'], 'UTC_TIMESTAMP()')
      tree.take('gone')
      tree.take('young')
      tree.put('short', 'x')
      tree.put('other', 'OTHER')
      leave('left over')
      const { told } = await see(world, CHECK, { expect: { orphaned: 0 } })
      expect(told).toEqual([
        'checksum_mismatch other',
        'in_flight young',
        'missing gone',
        'orphaned left over',
        'size_mismatch short',
      ])
    })

    it('a TIMESTAMP is a time as well, and of the same clock wherever the server is', async () => {
      await use().write("SET time_zone = '+05:00'")
      await put(['young'], 'CURRENT_TIMESTAMP')
      await use().write("SET time_zone = '+00:00'")
      tree.take('young')
      tree.put('a')
      const { told } = await see(world, { ...CHECK, rows: { ...CHECK.rows, time: 'at' } })
      expect(told).toEqual(['in_flight young'])
    })

    it.each([
      ['text of another character set is the same text', 'latin', "CONVERT(X'e9a9' USING latin1)", 'é©'],
      ['bytes are those bytes', 'raw', "X'ff00'", undefined],
      ['also of a set Unicode does not hold whole', 'gbk', "CONVERT(_utf8mb4 X'e4b8ad' USING gbk)", '中'],
    ])('%s', async (_, column, value, text) => {
      await use().write(`INSERT INTO old (${column}) VALUES (${value})`)
      const key = text === undefined ? ('\xff\0' as Key) : keyFromText(text)
      tree.put(text === undefined ? 'another' : key)
      const { findings, subjects } = await see(world, keyed(column))
      if (text === undefined) expect(findings[0]).toMatchObject({ finding: 'unsafe_key', key_b64: '/wA=' })
      else expect(subjects).toMatchObject({ missing: 0, matched: 1 })
    })

    it('a key that may have lost a character on its way is refused, and not looked for', async () => {
      await use().write("INSERT INTO old (gbk) VALUES ('a?b')")
      tree.put('a?b')
      await expect(see(world, keyed('gbk'))).rejects.toThrow(/a value of "k" has a "\?": of the character set gbk/)
      expect((await see(world, keyed('CAST(gbk AS BINARY)'))).subjects).toMatchObject({ matched: 1 })
    })

    it('parts of a divided check have together what it has whole', async () => {
      await put([...NAMES, ...Array.from({ length: 40 }, (_, n) => `many/${n}`)])
      for (const name of ['many/3', 'many/33', 'B.txt']) tree.take(name)
      leave('many/new')
      const options = { expect: { orphaned: 0 } }
      const whole = await see(world, CHECK, options)
      const parts = [1, 2, 3].map((number) => see(world, CHECK, { ...options, context: { part: { number, of: 3 } } }))
      const told = (await Promise.all(parts)).flatMap((part) => part.told)
      expect(told.sort()).toEqual(whole.told)
      expect(whole.told).toHaveLength(4)
    })

    it.each([
      ['a column that is not there', { ...CHECK.rows, key: 'paht' }, /the query gives no column "paht"/],
      [
        'a column that says no time',
        { ...CHECK.rows, time: 'bytes' },
        /column "bytes" is of type bigint, which says no/,
      ],
      [
        'two columns of one name',
        { ...CHECK.rows, sql: 'select path, path from files' },
        /Duplicate column name 'path'/,
      ],
    ])('%s is refused', async (_, rows, message) => {
      await put(['a'])
      await expect(see(world, { ...CHECK, rows })).rejects.toThrow(message)
    })

    describe('looks again', () => {
      const again = async (rows: object, keys: readonly string[]) => {
        const check = checkOf({ rows, store: 'uploads' })
        const { signal } = new AbortController()
        let read = 0
        const candidates: Candidates = new Map([
          ['uploads', new Map(keys.map((key) => [keyFromText(key), new Set(['missing'] as const)]))],
        ])
        const looked = await lookAgain(candidates, {
          spec: check.spec,
          rules: compileRules(check),
          context: contextOf(world),
          budget: createBudget({ bytes: undefined, ms: undefined }, signal),
          signal,
          report: ({ stage, done }) => {
            if (stage === 'reading rows again') read = done
          },
        })
        const missing = [...(looked.get('uploads') ?? [])].flatMap(([key, { marks }]) =>
          marks.some(({ finding }) => finding === 'missing') ? [key] : [],
        )
        return { read, missing }
      }
      const ROWS = { connection: 'main', sql: 'select path from files', key: 'path' }

      it('at the rows of what was found alone, and at no others that are equal by a collation', async () => {
        await put(NAMES)
        for (const name of ['B.txt', 'a']) tree.take(name)
        expect(await again(ROWS, ['B.txt', 'a', 'A'])).toEqual({ read: 2, missing: ['B.txt', 'a'] })
      })

      it('where the query groups, at the rows it gives and no others', async () => {
        await put(['k.txt', 'K.txt'])
        tree.take('k.txt')
        tree.take('K.txt')
        const grouped = { ...ROWS, sql: 'select path from files group by path' }
        const { rows } = await use().select(grouped.sql)
        const given = rows[0]?.[0] ?? ''
        const other = given === 'k.txt' ? 'K.txt' : 'k.txt'
        expect((await again(grouped, [given])).missing).toEqual([given])
        expect((await again(grouped, [other])).missing).toEqual([])
      })
    })
  })
}
