import { expect, it } from 'vitest'
import type { Finding } from '../../../src/kinds/kind.js'
import { keyFromBytes, keyToJson } from '../../../src/lib/key.js'
import { sameFinding } from '../../../src/tui/findings/same-finding.js'
import { bookOf } from '../../support/findings-book.js'

const odd = (...bytes: readonly number[]) => keyToJson(keyFromBytes(Uint8Array.of(...bytes)))

it.each<[string, Finding, readonly Finding[], number | undefined]>([
  [
    'of the same class and key',
    { finding: 'missing', key: 'a' },
    [
      { finding: 'missing', key: 'b' },
      { finding: 'missing', key: 'a' },
    ],
    2,
  ],
  [
    'not of a key that only begins so',
    { finding: 'missing', key: 'a' },
    [{ finding: 'missing', key: 'ab' }],
    undefined,
  ],
  ['not of another class', { finding: 'missing', key: 'a' }, [{ finding: 'orphaned', key: 'a' }], undefined],
  [
    'not of another store',
    { finding: 'missing', key: 'a', store: 'x' },
    [
      { finding: 'missing', key: 'a', store: 'y' },
      { finding: 'missing', key: 'a', store: 'x' },
    ],
    2,
  ],
  [
    'byte for byte',
    { finding: 'missing', ...odd(0xff) },
    [
      { finding: 'missing', ...odd(0xfe) },
      { finding: 'missing', ...odd(0xff) },
    ],
    2,
  ],
  ['none for what has no key', { finding: 'no_key' }, [{ finding: 'no_key' }], undefined],
])('finds the same finding of the next run: %s', async (_, before, now, found) => {
  const book = await bookOf({ before: [before], now })
  try {
    expect(await sameFinding(book, 'now', 0, new AbortController().signal)).toBe(found)
  } finally {
    await book.close()
  }
})
