import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { ROOT } from '../generated.js'
import { directoryOf } from '../support/run-cli.js'
import { outcomesOf } from './support.js'

let place: ReturnType<typeof directoryOf>
beforeAll(() => {
  place = directoryOf()
  mkdirSync(join(place.path, 'pg'))
})
afterAll(() => place.remove())

const file = (include: string) => `version: 1
connections: { backups: { type: files, root: ${JSON.stringify(place.path)} } }
defaults: { owner: team-db }
include: [${include}]
`
const of = async (include: string) => {
  const found = Object.values(await outcomesOf(file(include), {}))
  return Object.fromEntries(found.map(({ id, outcome }) => [id, outcome]))
}

test('backups: none, then one that is fresh and whole, of which too few are there', async () => {
  const use = '{ pack: backups, as: dumps, with: { store: backups, match: "pg/*.dump" } }'
  expect(await of(use)).toEqual({ 'dumps.fresh': 'fail', 'dumps.series': 'fail' })
  const dump = readFileSync(join(ROOT, 'fixtures/backups/shop-pg15.dump'))
  writeFileSync(join(place.path, 'pg/a.dump'), dump)
  expect(await of(use)).toEqual({ 'dumps.fresh': 'pass', 'dumps.series': 'fail' })
  writeFileSync(join(place.path, 'pg/b.dump'), dump.subarray(0, 100))
  expect(await of(use)).toMatchObject({ 'dumps.fresh': 'fail' })
})

test.each([
  ['1%', 'pass'],
  ['100%', 'fail'],
])('disk: with %s to be left it is %s', async (least, outcome) => {
  const with_ = `{ path: ${JSON.stringify(place.path)}, least: "${least}", soon: "${least}" }`
  const found = await of(`{ pack: disk, as: here, with: ${with_} }`)
  expect(found['here.space']).toBe(outcome)
})

test('certificates: a check for each host, which fails where nobody answers', async () => {
  const use =
    '{ pack: certificates, with: { hosts: [127.0.0.1, localhost], port: 1 }, override: { certificate: { retry: none } } }'
  expect(await of(use)).toEqual({
    'certificates.certificate[127.0.0.1]': 'fail',
    'certificates.certificate[localhost]': 'fail',
  })
})

test('every check of every pack has a tag of a habit, or of a move, and says what to do', () => {
  const folder = join(ROOT, 'checks/packs')
  for (const name of readdirSync(folder)) {
    const { checks } = parse(readFileSync(join(folder, name), 'utf8')) as { checks: Record<string, unknown>[] }
    for (const { id, tags, severity, remediation } of checks) {
      expect(['daily', 'weekly', 'monthly', 'post-migration', 'deep'], `${name} ${id}`).toContain((tags as string[])[0])
      expect([typeof severity, typeof remediation]).toEqual(['string', 'string'])
    }
  }
})
