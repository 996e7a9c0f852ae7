/** Keeps a journal on the small disk of its argument until there is no room, goes on, and prints what came of it. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CheckEnd } from '../../src/engine/events.js'
import { openJournal } from '../../src/journal/journal.js'

const dir = process.argv[2] ?? ''
const options = (run: string) => ({
  dir,
  cwd: '/',
  identity: [],
  checks: ['small', 'large', 'late'].map((id) => ({ id, requires: [] })),
  makes: () => false,
  scratch: '/nowhere',
  run,
  now: () => new Date(),
  onWait: () => {},
})
const end = (id: string) =>
  ({ v: 1, type: 'check:end', id, outcome: 'fail', subjects: { missing: 1 } }) as unknown as CheckEnd
const journal = await openJournal(options('one'))
for (const id of ['small', 'large', 'late']) {
  await journal.onEvent({ v: 1, type: 'check:start', id, at: '', attempt: 1 })
  for (let index = 0; index < (id === 'large' ? 5000 : 1); index++) {
    await journal.onEvent({ v: 1, type: 'check:finding', id, finding: { finding: 'missing', key: `key ${index}` } })
  }
  await journal.onEvent(end(id))
}
const remarks = journal.remarks()
await journal.close(false)
const second = await openJournal(options('two'))
const ended = [...(second.earlier?.ends.keys() ?? [])]
await second.close(true)
await writeFile(join(dir, 'all'), Buffer.alloc(64 * 1024)).catch(() => undefined)
const again = await openJournal(options('three')).then(
  () => [],
  (error: Error) => [error.message],
)
process.stdout.write(JSON.stringify({ ended, remarks, again }))
