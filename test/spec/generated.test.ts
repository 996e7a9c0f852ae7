import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { glob } from 'tinyglobby'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { generatedFiles, ROOT } from '../generated.js'
import { refusals } from './json-schema-check.js'

type Schema = Record<string, unknown>
let schema: Schema

beforeAll(async () => {
  schema = JSON.parse(await readFile(join(ROOT, 'checks/schema.json'), 'utf8'))
})

test('what is generated is current (npm run generate)', async () => {
  for (const [path, text] of await generatedFiles()) {
    expect(await readFile(join(ROOT, path), 'utf8').catch(() => ''), path).toBe(text)
  }
})

describe('checks/schema.json', () => {
  const parts = (node: unknown, path: string): readonly (readonly [string, Schema])[] => {
    if (Array.isArray(node)) return node.flatMap((item, index) => parts(item, `${path}/${index}`))
    if (node === null || typeof node !== 'object') return []
    const below = Object.entries(node).flatMap(([key, value]) => parts(value, `${path}/${key}`))
    return [[path, node as Schema], ...below]
  }

  test('describes every field, closes every mapping and keeps our marks to itself', () => {
    const all = parts(schema, '').filter(([path]) => !path.includes('/if') && !path.endsWith('/properties'))
    const fields = all.flatMap(([path, node]) =>
      Object.entries((node['properties'] ?? {}) as Record<string, Schema>).map(
        ([key, field]) => [`${path}.${key}`, field] as const,
      ),
    )
    expect(fields.length).toBeGreaterThan(100)
    expect(
      fields
        .filter(([, field]) => field['description'] === undefined && field['$ref'] === undefined)
        .map(([path]) => path),
    ).toEqual([])
    const open = all.filter(
      ([path, node]) =>
        node['properties'] !== undefined && node['additionalProperties'] !== false && path !== '/definitions/check',
    )
    expect(open.map(([path]) => path)).toEqual([])
    for (const mark of ['sql', 'secret', 'later', 'connects'])
      expect(all.filter(([, node]) => ['boolean', 'string'].includes(typeof node[mark]))).toEqual([])
  })

  test('accepts every check file of the project', async () => {
    const files = await glob(['checks/**/*.yaml', 'fixtures/kinds/**/*.yaml'], { cwd: ROOT })
    expect(files.length).toBeGreaterThan(5)
    for (const file of files) {
      expect(refusals(schema, parse(await readFile(join(ROOT, file), 'utf8'))), file).toEqual([])
    }
  })

  const file = (check: object) => ({
    version: 1,
    checks: [{ id: 'x', kind: 'rows', connection: 'main', table: 't', ...check }],
  })
  const reference = '${var.x}'

  test.each<readonly [string, object, boolean]>([
    ['a check', file({}), true],
    [
      'references where they may stand',
      file({
        table: reference,
        severity: reference,
        timeout: reference,
        tags: reference,
        expect: { count: { gte: reference } },
      }),
      true,
    ],
    ['a reference in SQL', file({ where: `a = ${reference}` }), false],
    ['SQL with its own dollars', file({ where: 'a = $${b}$$' }), true],
    ['a reference in an id', file({ id: reference }), false],
    ['an unknown key', file({ tabel: 't' }), false],
    ['a missing field', { version: 1, checks: [{ id: 'x', kind: 'rows', table: 't' }] }, false],
    ['a field of another kind', file({ violations: 'select 1' }), false],
    ['an unknown kind', file({ kind: 'rosw' }), false],
    ['a bare number as duration', file({ timeout: 30 }), false],
    ['a wrong severity', file({ severity: 'worst' }), false],
    ['an unknown operator', file({ expect: { count: { gtt: 1 } } }), false],
    ['a baseline', file({ expect: { count: { baseline: { drop_at_most: '1%' } } } }), true],
    [
      'a pack',
      { version: 1, include: ['a/*.yaml', { pack: 'postgres', as: 'db', with: { schemas: ['a'] }, except: ['b'] }] },
      true,
    ],
    ['a pack with an unknown key', { version: 1, include: [{ pack: 'postgres', whit: {} }] }, false],
    ['a connection', { version: 1, connections: { m: { type: 's3', bucket: 'b', path_style: reference } } }, true],
    ['a connection of another type', { version: 1, connections: { m: { type: 'files', bucket: 'b' } } }, false],
    ['no version', { checks: [] }, false],
  ])('%s', (_name, data, accepted) => {
    expect(refusals(schema, data).length === 0).toBe(accepted)
  })
})
