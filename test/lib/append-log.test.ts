import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openLog, readLog } from '../../src/lib/append-log.js'
import { keyFromLatin1 } from '../../src/lib/key.js'

let dir: string
let path: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'postflight-test-'))
  path = join(dir, 'log')
})
afterAll(() => rmSync(dir, { recursive: true }))

/** Blocks of these many records each. */
async function write(blocks: readonly number[]): Promise<readonly string[]> {
  rmSync(path, { force: true })
  const log = await openLog(path, 0)
  const all: string[] = []
  for (const [block, count] of blocks.entries()) {
    for (let index = 0; index < count; index++) {
      await log.add(keyFromLatin1(`k\xff\n${block}`), `\0${index}`)
      all.push(`${block}/${index}`)
    }
    await log.flush()
  }
  await log.close()
  return all
}

async function read(): Promise<{ readonly records: readonly string[]; readonly end: number }> {
  const records: string[] = []
  let end = 0
  for await (const block of readLog(path)) {
    records.push(...block.records.map(({ key, rest }) => `${key.slice(3)}/${rest.slice(1)}`))
    end = block.end
  }
  return { records, end }
}

test('what was written is read, in its order', async () => {
  const all = await write([3, 1, 200])
  expect((await read()).records).toEqual(all)
})

test('it is its owner’s alone', async () => {
  await write([1])
  expect((await stat(path)).mode & 0o077).toBe(0)
})

test('cut off anywhere, or with a bit turned over, it is read up to the block that is not whole', async () => {
  const blocks = [2, 3, 1]
  const all = await write(blocks)
  const whole = readFileSync(path)
  const prefixes = [0, 2, 5, 6].map((count) => all.slice(0, count))
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.boolean(), async (at, cut) => {
      const torn = Buffer.from(cut ? whole.subarray(0, at) : whole)
      if (!cut) torn[at] = (torn[at] as number) ^ 16
      writeFileSync(path, torn)
      const { records } = await read()
      expect(prefixes.slice(0, -1)).toContainEqual(records)
    }),
    { numRuns: 200 },
  )
})

test('going on behind what is whole cuts off the rest', async () => {
  const all = await write([2, 3])
  writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from('torn')]))
  const log = await openLog(path, (await read()).end)
  await log.add(keyFromLatin1('k\xff\n9'), '\x000')
  await log.close()
  expect((await read()).records).toEqual(all)
  const again = await openLog(path, (await read()).end)
  await again.add(keyFromLatin1('k\xff\n9'), '\x000')
  await again.flush()
  await again.close()
  expect((await read()).records).toEqual([...all, '9/0'])
})

test('there is nothing where there is no file', async () => {
  rmSync(path, { force: true })
  expect((await read()).records).toEqual([])
})
