// What a rewrite would break is looked for where there is one to tell, and no further than it reaches.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findRewrite } from '../../../src/kinds/artifacts/find-rewrite.js'
import { createResidues } from '../../../src/kinds/artifacts/residue.js'
import type { StoreRun } from '../../../src/kinds/artifacts/store-run.js'
import { orphansOf } from '../../../src/kinds/artifacts/strays.js'
import { keyFromText } from '../../../src/lib/key.js'
import { createSpool } from '../../../src/lib/spool.js'
import { CHECK, many } from './two-stores.js'
import { checkOf } from './world.js'

let dir: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'postflight-rewrite-'))
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

async function found(missing: readonly string[], orphaned: readonly string[], right: readonly string[]) {
  const spool = createSpool({ dir })
  const residues = createResidues(dir)
  for (const key of [...missing, ...right]) await spool.add(keyFromText(key), 'r')
  for (const key of missing) await residues.add(keyFromText(key), { finding: 'missing' })
  for (const key of orphaned) await residues.add(keyFromText(key), { finding: 'orphaned' })
  await residues.finish()
  const claims = await spool.finish()
  let read = 0
  const watched = {
    ...claims,
    read: async function* (range = {}) {
      for await (const page of claims.read(range)) {
        read += page.length
        yield page
      }
    },
  } satisfies typeof claims
  const run = { claims: watched, residues, store: { label: 'the store' } } as unknown as StoreRun
  const { spec } = checkOf(CHECK)
  const { signal } = new AbortController()
  const diagnosis = await findRewrite({ run, spec, strays: orphansOf(run), dir, signal })
  await claims.close()
  await residues.close()
  return { says: diagnosis?.summary.replace(/^.*: /, ''), read }
}

const right = many(2000, 'm/')

test.each([
  { name: 'nothing alike', missing: many(20, 'a/'), orphaned: ['x', 'y'], says: undefined, read: 0 },
  { name: 'too few', missing: many(20, 'a/'), orphaned: many(8, 'b/'), says: undefined, read: 0 },
  { name: 'taken off', missing: many(20, 'm/a/'), orphaned: many(20), says: 'a rewrite is missing', read: 20 },
  {
    name: 'put before all',
    missing: many(20),
    orphaned: many(20, 'n/'),
    says: /2,000 keys that are right now$/,
    read: 2020,
  },
])('$name', async ({ missing, orphaned, says, read }) => {
  const seen = await found(missing, orphaned, right)
  if (says === undefined) expect(seen.says).toBeUndefined()
  else expect(seen.says).toMatch(says)
  expect(seen.read).toBe(read)
})

test('keys that are right where a prefix would be taken off are counted', async () => {
  const seen = await found(many(20, 'm/a/'), many(20), [...right, 'm/a/right', 'm/a/', 'm/a', 'm/b'])
  expect(seen.says).toMatch(/change 2 keys that are right now$/)
})
