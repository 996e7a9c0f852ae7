/** The log of how far a listing got, over more rows than one page of them holds. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { wholeKeys } from '../../../src/kinds/artifacts/claim.js'
import { type MatchLogOptions, openMatchLog } from '../../../src/kinds/artifacts/match-log.js'
import { createResidues } from '../../../src/kinds/artifacts/residue.js'
import { emptyTally } from '../../../src/kinds/artifacts/store-run.js'
import { type Key, keyFromLatin1 } from '../../../src/lib/key.js'
import { keyAt } from '../../../src/lib/records.js'
import { createSpool } from '../../../src/lib/spool.js'

const dir = mkdtempSync(join(tmpdir(), 'match-log-'))
afterAll(() => rmSync(dir, { recursive: true }))

test.each([
  ['in memory', 1e9],
  ['on disk', 1e6],
])('rows %s that were settled page after page are known again', async (_, runBytes) => {
  const spool = createSpool({ dir, runBytes })
  const keys = Array.from({ length: 50_000 }, (_, n) => keyFromLatin1(`some/directory/of-files/${(n * 7919) % 50_000}`))
  for (const key of keys) await spool.add(key, 'r1')
  const claims = await spool.finish()
  const run = { claims, residues: createResidues(dir), tally: emptyTally() }
  const options: MatchLogOptions = {
    path: join(dir, `log-${runBytes}`),
    run: run as unknown as MatchLogOptions['run'],
    queue: {} as MatchLogOptions['queue'],
    way: 'list',
    cuts: [],
    since: 0,
    now: () => new Date(0),
    onFailure: (error) => {
      throw error
    },
  }
  const log = await openMatchLog(options)
  let last: Key | undefined
  for await (const { records } of wholeKeys(log.claims.records())) {
    last = keyAt(records, records.to - 1)
    await log.settled(last)
  }
  await log.finish()
  await log.close()
  const again = await openMatchLog(options)
  expect(again.outdated).toBe(false)
  expect(again.after).toBe(last)
  await again.close()
  await claims.close()
})
