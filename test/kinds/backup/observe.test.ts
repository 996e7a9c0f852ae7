import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectionSchema, type FilesSpec } from '../../../src/connections/schema.js'
import { backup } from '../../../src/kinds/backup/kind.js'
import { observe } from '../../../src/kinds/backup/observe.js'
import type { Finding, Observation } from '../../../src/kinds/kind.js'
import { createFilesStore } from '../../../src/stores/files/files.js'
import type { Store } from '../../../src/stores/store.js'
import { checkOf, contextOf } from '../run.js'
import { DIRECTORY, DUMPS } from './content.js'

const NOW = Date.parse('2027-03-01T12:00:00Z')
const HOUR = 3_600_000
const DUMP = DUMPS.pg_custom

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'postflight-backup-'))
  for (const store of ['media', 'offsite']) mkdirSync(join(root, store))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function put(path: string, hoursAgo: number, content: Buffer | string = DUMP): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
  const time = (NOW - hoursAgo * HOUR) / 1000
  utimesSync(join(root, path), time, time)
}

function storeOf(name: string): Store {
  return createFilesStore(name, connectionSchema.parse({ type: 'files', root: join(root, name) }) as FilesSpec)
}

async function look(spec: object, stores: (name: string) => Store = storeOf) {
  const check = checkOf(backup, { store: 'media', match: '**/*.dump', ...spec })
  const base = contextOf({ now: () => new Date(NOW) })
  const walk = observe(check, { ...base, connections: { ...base.connections, store: stores } })
  const findings: Finding[] = []
  for (;;) {
    const step = await walk.next()
    if (step.done === true) return { ...(step.value as Observation), findings }
    if (step.value.type === 'findings') findings.push(...step.value.findings)
  }
}

describe('which one is the newest', () => {
  it('is told by the time the store gives, not by name or place', async () => {
    put('media/z.dump', 50, 'older')
    put('media/a/b.dump', 2)
    put('media/m.dump', 26, 'before it')
    put('media/other.txt', 1)
    expect((await look({})).subjects).toMatchObject({
      count: 3,
      newest: 'a/b.dump',
      newest_age: 2 * HOUR,
      oldest_age: 50 * HOUR,
      span: 48 * HOUR,
      newest_size: DUMP.length,
      previous_size: 9,
    })
  })

  it('of two of the same moment is the one whose name sorts last', async () => {
    for (const name of ['2027-02-28', '2027-03-01', '2027-02-27']) put(`media/${name}.dump`, 1)
    expect((await look({})).subjects).toMatchObject({ newest: '2027-03-01.dump', count: 3 })
  })

  it('is none that may still be written', async () => {
    put('media/whole.dump', 26)
    put('media/half.dump', 0.1, DUMP.subarray(0, 5000))
    const { subjects, notes } = await look({ settle: '1h' })
    expect(subjects).toMatchObject({ newest: 'whole.dump', count: 1, readable: true })
    expect(notes).toContainEqual(expect.stringMatching(/^1 younger than 1h passed over/))
  })

  it('has no age where it is dated in the future', async () => {
    put('media/a.dump', -5)
    expect((await look({})).subjects['newest_age']).toEqual({ unobserved: 'it is dated 5h in the future' })
  })

  it('is unobserved, all of it, where nothing matches', async () => {
    put('media/a.txt', 1)
    const { subjects } = await look({ contains: ['x'], copy: { store: 'offsite' } })
    const { count, previous_size: _, ...rest } = subjects
    expect(count).toBe(0)
    for (const value of Object.values(rest)) expect(value).toEqual({ unobserved: 'no backup matches' })
  })
})

describe('a directory', () => {
  const copy = async (to: string, leave: (name: string) => boolean = () => true, hoursAgo = 3) => {
    const { readdirSync, readFileSync } = await import('node:fs')
    for (const name of readdirSync(DIRECTORY)) {
      if (leave(name)) put(`${to}/${name}`, hoursAgo, readFileSync(join(DIRECTORY, name)))
    }
  }

  it.each(['*/', '*/toc.dat'])('is one backup under %s', async (match) => {
    await copy('media/monday', undefined, 30)
    await copy('media/tuesday')
    const { subjects } = await look({ match, contains: ['shop.orders'] })
    expect(subjects).toMatchObject({
      count: 2,
      newest: 'tuesday/',
      format: 'pg_directory',
      readable: true,
      entries: 16,
    })
    expect(subjects['newest_size']).toBe(15_139)
    expect(subjects['missing_contents']).toBe(0)
  })

  it('without the data of a table is not readable', async () => {
    await copy('media/monday', (name) => name !== '3355.dat.gz')
    const { subjects, diagnoses } = await look({ match: '*/' })
    expect(subjects['readable']).toBe(false)
    expect(diagnoses?.[0]?.summary).toBe('monday/: 1 of 3 files with data are not there, first that of shop.orders')
  })

  it('without toc.dat cannot be told, unless it must be one of pg_dump', async () => {
    await copy('media/monday', (name) => name !== 'toc.dat')
    expect((await look({ match: '*/' })).subjects['readable']).toHaveProperty('unobserved')
    expect((await look({ match: '*/', format: 'pg_directory' })).subjects['readable']).toBe(false)
  })
})

describe('contents', () => {
  it('are held against what must be there', async () => {
    put('media/a.dump', 1)
    const contains = ['shop.orders', 'TABLE DATA shop.customers', 'shop.invoices', 'shop.*_orders', 'total(integer)']
    const { subjects, findings } = await look({ contains })
    expect(findings).toEqual([{ finding: 'missing_contents', key: 'shop.invoices' }])
    expect(subjects['missing_contents']).toBe(1)
  })

  it('of another format than named are wrong', async () => {
    put('media/a.dump', 1, DUMPS['pg_plain.gz'])
    const { subjects, diagnoses } = await look({ format: 'pg_custom' })
    expect(subjects['readable']).toBe(false)
    expect(diagnoses?.[0]?.summary).toBe('a.dump: it is pg_plain.gz, not pg_custom')
  })

  it('that change while they are read are not called broken', async () => {
    put('media/a.dump', 1, DUMP.subarray(0, 5000))
    const growing = (name: string): Store => ({
      ...storeOf(name),
      stat: async (key, options) => {
        const entry = await storeOf(name).stat(key, options)
        return entry && { ...entry, size: (entry.size ?? 0) + 1 }
      },
    })
    expect((await look({}, growing)).subjects['readable']).toEqual({ unobserved: 'it is being written just now' })
    expect((await look({})).subjects['readable']).toBe(false)
  })

  it.each([
    ['UTC', 0],
    ['Europe/Berlin', 1],
    ['America/New_York', -5],
  ])('say when they were made, by a clock in %s', async (time_zone, ahead) => {
    put('media/a.dump', 1)
    const made = Date.parse('2026-11-25T22:12:00Z') - ahead * HOUR
    const age = (await look({ time_zone })).subjects['made_age'] as number
    expect(Math.abs(NOW - age - made)).toBeLessThan(10 * 60_000)
  })

  it('that are older than their file are noted', async () => {
    put('media/a.dump', 1)
    expect((await look({})).notes).toContainEqual(expect.stringContaining('it was copied or moved since'))
  })
})

describe('copies', () => {
  beforeEach(() => {
    put('media/pg/1.dump', 50, 'one')
    put('media/pg/2.dump', 26, 'two..')
    put('media/pg/3.dump', 2)
    put('offsite/pg/1.dump', 50, 'one')
    put('offsite/pg/2.dump', 26, 'two')
  })

  it('of each, with the same size', async () => {
    const { subjects, findings } = await look({ copy: { store: 'offsite', which: 'each' } })
    expect(subjects).toMatchObject({ copies: 1, missing_copy: 2 })
    expect(findings.map(({ key, actual }) => [key, actual])).toEqual([
      ['pg/2.dump', { size: 3 }],
      ['pg/3.dump', undefined],
    ])
  })

  it('of the newest', async () => {
    expect((await look({ copy: { store: 'offsite' } })).subjects).toMatchObject({ copies: 0, missing_copy: 1 })
    put('offsite/pg/3.dump', 0)
    expect((await look({ copy: { store: 'offsite' } })).subjects).toMatchObject({ copies: 1, missing_copy: 0 })
  })

  it('are due only after a while', async () => {
    const copy = { store: 'offsite', which: 'each', within: '6h' }
    expect((await look({ copy })).subjects).toMatchObject({ copies: 1, missing_copy: 1 })
    const { subjects } = await look({ copy: { store: 'offsite', within: '100h' } })
    expect(subjects['copies']).toEqual({ unobserved: 'no backup is old enough for its copy to be due' })
  })

  it('may lie elsewhere under their file name', async () => {
    put('offsite/old/3.dump', 0)
    const copy = { store: 'offsite', which: 'each', match: '**/*.dump' }
    expect((await look({ copy })).subjects).toMatchObject({ copies: 2, missing_copy: 1 })
  })
})
