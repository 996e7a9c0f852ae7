import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mergeJoin } from '../../src/compare/merge-join.js'
import { type Key, keyFromText } from '../../src/lib/key.js'

interface Item {
  readonly key: Key
}

async function* paged(
  keys: readonly string[],
  size: number,
  closed: string[] = [],
  name = '',
): AsyncGenerator<readonly Item[], void, void> {
  try {
    for (let from = 0; from < keys.length; from += size) {
      yield keys.slice(from, from + size).map((key) => ({ key: keyFromText(key) }))
    }
  } finally {
    closed.push(name)
  }
}

const LABELS = { left: 'rows', right: 'store' }

async function join(left: readonly string[], right: readonly string[], sizes: readonly [number, number] = [2, 3]) {
  const out = { left: [] as string[], right: [] as string[], both: [] as string[] }
  for await (const part of mergeJoin(paged(left, sizes[0]), paged(right, sizes[1]), LABELS)) {
    out.left.push(...part.left.map(({ key }) => key))
    out.right.push(...part.right.map(({ key }) => key))
    out.both.push(...part.both.map(([one]) => one.key))
  }
  return out
}

describe('merging two listings', () => {
  test.each([
    { name: 'nothing', left: [], right: [] },
    { name: 'one side', left: ['a', 'b', 'c'], right: [] },
    { name: 'the other side', left: [], right: ['a', 'b', 'c', 'd'] },
    { name: 'equal', left: ['a', 'b', 'c'], right: ['a', 'b', 'c'] },
    { name: 'directories beside their names', left: ['a', 'a-b/f', 'a.f', 'a/f'], right: ['a-b/f', 'a/f', 'a/f/'] },
  ])('$name', async ({ left, right }) => {
    expect(await join(left, right)).toEqual({
      left: left.filter((key) => !right.includes(key)),
      right: right.filter((key) => !left.includes(key)),
      both: left.filter((key) => right.includes(key)),
    })
  })

  test('any two sets in any pages', async () => {
    const sets = fc
      .uniqueArray(fc.string({ maxLength: 3 }), { maxLength: 30 })
      .map((keys) => keys.map(keyFromText).sort())
    await fc.assert(
      fc.asyncProperty(
        sets,
        sets,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        async (a, b, x, y) => {
          const found = await joinKeys(a, b, x, y)
          expect(found.left).toEqual(a.filter((key) => !b.includes(key)))
          expect(found.right).toEqual(b.filter((key) => !a.includes(key)))
          expect(found.both).toEqual(a.filter((key) => b.includes(key)))
        },
      ),
    )
  })

  test.each([
    { name: 'rows', left: ['b', 'a'], right: ['z'], message: 'rows does not list in byte order: "b" comes before "a"' },
    {
      name: 'store',
      left: ['z'],
      right: ['b', 'c', 'd', 'a'],
      message: 'store does not list in byte order: "d" comes before "a"',
    },
    { name: 'a key twice', left: ['z'], right: ['a', 'a'], message: 'store lists "a" twice' },
  ])('out of order: $name', async ({ left, right, message }) => {
    await expect(join(left, right)).rejects.toThrow(message)
  })

  test('both sides are closed, however it ends', async () => {
    const closed: string[] = []
    for await (const _ of mergeJoin(paged(['a', 'b', 'c'], 1, closed, 'l'), paged(['a', 'b'], 1, closed, 'r'), LABELS))
      break
    expect(closed.sort()).toEqual(['l', 'r'])
    const again: string[] = []
    const failing = async () => {
      for await (const _ of mergeJoin(paged(['b', 'a'], 2, again, 'l'), paged(['a'], 1, again, 'r'), LABELS));
    }
    await expect(failing()).rejects.toThrow(/byte order/)
    expect(again).toContain('l')
  })
})

async function joinKeys(a: readonly Key[], b: readonly Key[], x: number, y: number) {
  const out = { left: [] as Key[], right: [] as Key[], both: [] as Key[] }
  async function* pages(keys: readonly Key[], size: number): AsyncGenerator<readonly Item[], void, void> {
    for (let from = 0; from < keys.length; from += size) yield keys.slice(from, from + size).map((key) => ({ key }))
  }
  for await (const part of mergeJoin(pages(a, x), pages(b, y), LABELS)) {
    out.left.push(...part.left.map(({ key }) => key))
    out.right.push(...part.right.map(({ key }) => key))
    out.both.push(...part.both.map(([one]) => one.key))
  }
  return out
}
