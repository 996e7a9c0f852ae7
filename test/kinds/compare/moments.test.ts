import { expect, it } from 'vitest'
import { lanesOfParts } from '../../../src/kinds/compare/lanes.js'
import { momentsNote } from '../../../src/kinds/compare/moments.js'

const spec = (source: string, target: string) =>
  ({ source: { connection: source }, target: { connection: target } }) as Parameters<typeof momentsNote>[0]

it.each([
  ['one session', 1, ['shop'], undefined, undefined],
  ['a source of PostgreSQL', 3, [], undefined, undefined],
  ['a source that is written to', 3, ['shop'], false, '3 sessions of shop'],
  ['a source of which that is not known', 3, ['shop'], undefined, '3 sessions of shop'],
  ['a source that was not written to', 3, ['shop'], true, undefined],
  ['a target, whatever the source did', 3, ['shop', 'new'], true, '3 sessions of new'],
])('says nothing of moments that were one: %s', (_, lanes, apart, frozen, told) => {
  const [note] = momentsNote(spec('shop', 'new'), { lanes, apart, frozen })
  expect(note?.slice(0, told?.length)).toBe(told)
})

it.each([
  ['both', 5, 5, 4],
  ['of MySQL on one side', undefined, 5, 1],
])('parts of one table are compared by sessions that see one moment: %s', (_, source, target, expected) => {
  const of = (limit: number | undefined) => (limit === undefined ? { limit: 9 } : { access: { spec: { limit } } })
  const connections = { sql: (name: string) => of(name === 'source' ? source : target) }
  expect(lanesOfParts({ spec: spec('source', 'target'), connections } as never)).toBe(expected)
})
