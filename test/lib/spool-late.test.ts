/** Pages of records stand until the next is asked for: who reads one later hears of it, and never reads another record. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { keyFromLatin1 } from '../../src/lib/key.js'
import { firstFrom, keyAt, pagesOf, restAt } from '../../src/lib/records.js'
import { createSpool } from '../../src/lib/spool.js'

const dir = mkdtempSync(join(tmpdir(), 'spool-late-'))
afterAll(() => rmSync(dir, { recursive: true }))

const keyOf = (n: number) => keyFromLatin1(`2024-05/${String((n * 7919) % 60_000).padStart(6, '0')}-a-name.jpg`)

test.each([
  ['records in memory', 1e9, 60_000],
  ['a single run', 1e6, 1],
  ['runs that are merged', 4e5, 60_000],
])('a late read of %s is an error', async (_, runBytes, spread) => {
  const spool = createSpool({ dir, runBytes })
  for (let n = 0; n < 60_000; n++) await spool.add(spread === 1 ? keyFromLatin1(String(n + 1e6)) : keyOf(n), 'rest')
  const sorted = await spool.finish()
  const pages = sorted.records()
  const first = await pages.next()
  if (first.done) throw new Error('no page')
  const page = first.value
  expect(restAt(page, page.from)).toBe('rest')
  const key = keyAt(page, page.from)
  await pages.next()
  for (const read of [
    () => keyAt(page, page.from),
    () => restAt(page, page.from),
    () => firstFrom(page, key, true),
    () => [...pagesOf(page)],
  ])
    expect(read).toThrow('records were read after the next page of them was asked for')
  await pages.return()
  await sorted.close()
})
