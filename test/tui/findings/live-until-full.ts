/**
 * Adds findings to a live book in the directory of its argument until the disk is full, makes room, and goes on: for a
 * test with a small disk. Prints what came of it.
 */
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openLiveBook } from '../../../src/tui/findings/live.js'
import { checkFinding } from '../../support/findings-book.js'

const scratch = process.argv[2] ?? ''
const looking = { signal: new AbortController().signal }
const ballast = join(scratch, 'ballast')
await writeFile(ballast, Buffer.alloc(2 * 2 ** 20))
const book = await openLiveBook({ scratch })
let added = 0
const add = async (check: string): Promise<void> => {
  await book.add(checkFinding(check, { finding: 'missing', key: `${added++}`.padStart(500, '0') }))
}
while (book.incomplete() === undefined && added < 100_000) await add('a')
for (let more = 0; more < 10; more++) await add('b')
const kept = book.counts('a')['missing'] ?? 0
const full = {
  lost: added - kept,
  incomplete: book.incomplete(),
  found: (await book.find({ check: 'a', text: '1', sort: 'found' }, looking)).length > 0,
  first: Number(book.at(0).key),
  last: Number(book.at(kept - 1).key) - (kept - 1),
}
await rm(ballast)
book.forget('a')
const afterA = book.incomplete()
book.forget('b')
for (let more = 0; more < 2000; more++) await add('a')
const again = {
  afterA,
  incomplete: book.incomplete() ?? 'complete',
  counts: book.counts('a'),
  last: book.at(kept + 1999).key === `${added - 1}`.padStart(500, '0'),
}
await book.close()
console.log(JSON.stringify({ full, again }))
