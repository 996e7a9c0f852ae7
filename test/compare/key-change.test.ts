import { describe, expect, test } from 'vitest'
import { changesBetween, onlyWhere } from '../../src/compare/key-change.js'
import { compileRewrite } from '../../src/compare/rewrite.js'
import { keyFromLatin1, keyFromText } from '../../src/lib/key.js'

/** The plainest change learned from the first pair that holds for all of them. */
function learned(pairs: readonly (readonly [string, string])[]) {
  const keys = pairs.map(([missing, found]) => [keyFromText(missing), keyFromText(found)] as const)
  const [first] = keys
  if (first === undefined) throw new Error('no pair')
  return changesBetween(...first)
    .filter(({ apply }) => keys.every(([missing, found]) => apply(missing) === found))
    .toSorted((a, b) => a.cost - b.cost)[0]
}

const PAIRS: readonly (readonly [name: string, pairs: readonly (readonly [string, string])[]])[] = [
  [
    'a prefix',
    [
      ['/usr/src/app/2019/a', '2019/a'],
      ['/usr/src/app/b', 'b'],
    ],
  ],
  [
    'a leading slash',
    [
      ['/a', 'a'],
      ['/b/c', 'b/c'],
    ],
  ],
  [
    'a URL in the row',
    [
      ['https://cdn.example.org/a/b.jpg?v=1', 'a/b.jpg'],
      ['//cdn/c', 'c'],
    ],
  ],
  [
    'a URL and a prefix',
    [
      ['https://cdn/media/a.jpg', 'a.jpg'],
      ['https://cdn/media/b/c', 'b/c'],
    ],
  ],
  [
    'percent-encoding',
    [
      ['a%20b', 'a b'],
      ['c%C3%A9', 'cé'],
    ],
  ],
  [
    'a URL, encoded',
    [
      ['https://cdn/a%20b', 'a b'],
      ['https://cdn/c%25', 'c%'],
    ],
  ],
  [
    'a lost directory',
    [
      ['2019/03/originals/a.jpg', '2019/03/a.jpg'],
      ['originals/b.jpg', 'b.jpg'],
    ],
  ],
  [
    'a renamed directory',
    [
      ['2019/orig/a', '2019/full/a'],
      ['2020/4/orig/b', '2020/4/full/b'],
    ],
  ],
  [
    'an added directory',
    [
      ['2019/a.jpg', '2019/full/a.jpg'],
      ['2020/4/b.jpg', '2020/4/full/b.jpg'],
    ],
  ],
  [
    'a level of any name lost',
    [
      ['u1/x9/a', 'u1/a'],
      ['u2/y/b', 'u2/b'],
    ],
  ],
  [
    'a name that became a directory',
    [
      ['originals/a1b.jpg', 'a1b/original.jpg'],
      ['originals/c3d.png', 'c3d/original.png'],
    ],
  ],
  [
    'the same below others',
    [
      ['t/1/originals/abc.jpg', 't/1/abc/original.jpg'],
      ['u/originals/d.jpg', 'u/d/original.jpg'],
    ],
  ],
  [
    'a directory that became a name',
    [
      ['a1b/original.jpg', 'originals/a1b.jpg'],
      ['c3d/original.png', 'originals/c3d.png'],
    ],
  ],
  [
    'an id spread over directories',
    [
      ['abcdef.jpg', 'ab/cd/abcdef.jpg'],
      ['012345.png', '01/23/012345.png'],
    ],
  ],
  [
    'an id put together again',
    [
      ['ab/cd/abcdef.jpg', 'abcdef.jpg'],
      ['01/23/012345.png', '012345.png'],
    ],
  ],
  [
    'an id cut in pieces',
    [
      ['abcdef', 'ab/cd/ef'],
      ['012345', '01/23/45'],
    ],
  ],
  [
    'pieces of an id',
    [
      ['ab/cd/ef.jpg', 'abcdef.jpg'],
      ['01/2/3.png', '0123.png'],
    ],
  ],
  [
    'a suffix',
    [
      ['2019/abc.jpg', '2019/abc-original.jpg'],
      ['d.png', 'd-original.png'],
    ],
  ],
  [
    'a prefix of the name',
    [
      ['2019/abc.jpg', '2019/full_abc.jpg'],
      ['d.png', 'full_d.png'],
    ],
  ],
  [
    'another extension',
    [
      ['2019/a.jpeg', '2019/a.jpg'],
      ['b.jpeg', 'b.jpg'],
    ],
  ],
  [
    'segments in another order',
    [
      ['users/12/avatar/a.png', 'avatars/12/a.png'],
      ['users/7/avatar/b.png', 'avatars/7/b.png'],
    ],
  ],
  [
    'characters of a pattern',
    [
      ['a+b (1)/x/c', 'a+b (1)/c'],
      ['a+b (1)/x/d', 'a+b (1)/d'],
    ],
  ],
]

describe('what is learned from one pair', () => {
  test.each(PAIRS)('%s', (_, pairs) => {
    const change = learned(pairs)
    expect(change?.ops).toBeDefined()
    // What a check file would make of it is the same.
    const rewrite = compileRewrite(change?.ops ?? [])
    expect(pairs.map(([missing]) => rewrite(keyFromText(missing)).key)).toEqual(
      pairs.map(([, found]) => keyFromText(found)),
    )
  })

  test('what it says in a check file is what it does', () => {
    for (const [, pairs] of PAIRS) {
      for (const [missing, found] of pairs) {
        for (const { ops, rewrite } of changesBetween(keyFromText(missing), keyFromText(found))) {
          for (const [, others] of PAIRS)
            for (const [other] of others) {
              const key = keyFromText(other)
              expect([ops, compileRewrite(ops ?? [])(key).key]).toEqual([ops, rewrite(key)])
            }
        }
      }
    }
  })

  test('keys that begin otherwise stay as they are, where it says so', () => {
    const pairs = PAIRS.flatMap(([, some]) => some).map(
      ([missing, found]) => [keyFromText(missing), keyFromText(found)] as const,
    )
    const changes = pairs.flatMap(([missing, found]) => changesBetween(missing, found))
    const careful = changes.flatMap(({ prefix }) => (prefix === undefined ? [] : [onlyWhere(prefix)]))
    const within = [...changes, ...careful].filter((change) => change.within !== undefined)
    expect(within.length).toBeGreaterThan(20)
    for (const { name, within: begin = '', rewrite } of within) {
      for (const [missing, found] of pairs) {
        for (const key of [missing, found]) if (!key.startsWith(begin)) expect(rewrite(key), name).toBe(key)
      }
    }
  })

  test('names that have nothing in common teach nothing', () => {
    expect(changesBetween(keyFromText('a/b.jpg'), keyFromText('c/d.png'))).toEqual([])
  })

  test('a prefix that is no UTF-8 is used, and cannot be written', () => {
    const [change] = changesBetween(keyFromLatin1('\xff/a'), keyFromLatin1('a'))
    expect(change?.apply(keyFromLatin1('\xff/b'))).toBe('b')
    expect(change?.ops).toBeUndefined()
  })

  test('a prefix can be put before some keys alone', () => {
    const change = onlyWhere({ strip: keyFromText('2019/'), add: keyFromText('old/2019/') })
    const rewrite = compileRewrite(change.ops ?? [])
    expect(rewrite(keyFromText('2019/a')).key).toBe('old/2019/a')
    expect(rewrite(keyFromText('2020/a')).key).toBe('2020/a')
  })
})
