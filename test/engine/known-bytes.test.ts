// A list of known keys holds bytes, as --findings writes them: two names that are no UTF-8 are not one.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createKnown } from '../../src/engine/known-findings.js'
import { type Key, keyFromLatin1, keyFromText, keyToJson } from '../../src/lib/key.js'
import { readKeys } from '../../src/spec/known.js'

const NAMES = [keyFromText('café'), keyFromLatin1('caf\xe9')]

test.each([
  ['lines', '\n'],
  ['NULs', '\0'],
])('a list of %s', (_, end) => {
  const directory = mkdtempSync(join(tmpdir(), 'postflight-known-'))
  try {
    const file = join(directory, 'lost.txt')
    writeFileSync(file, Buffer.from(NAMES.map((name) => `${name}${end}`).join(''), 'latin1'))
    const known = createKnown({ keys: new Set(readKeys(file)), reason: 'lost before' }, new Date())
    const lists = (key: Key) => known?.lists({ finding: 'missing', ...keyToJson(key) })
    for (const name of NAMES) expect(lists(name)).toBe(true)
    expect(lists(keyFromLatin1('caf\xe8'))).toBe(false)
    expect(lists(keyFromText('caf\ufffd'))).toBe(false)
    expect(known?.unseen()).toBe(0)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
