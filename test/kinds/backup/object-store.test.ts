// Backups in a bucket.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type S3Server, scattered } from '../../../fixtures/servers/s3.js'
import { openConnections } from '../../../src/connections/connections.js'
import { connectionSchema } from '../../../src/connections/schema.js'
import { backup } from '../../../src/kinds/backup/kind.js'
import { observe } from '../../../src/kinds/backup/observe.js'
import type { Observation } from '../../../src/kinds/kind.js'
import { openers } from '../../support/openers.js'
import { s3 } from '../../support/s3.js'
import { checkOf, contextOf } from '../run.js'

const NOW = Date.parse('2027-03-01T12:00:00Z')
const DAYS = 6
const FILES = 7

let server: S3Server
let stop: () => Promise<void>
let scratch: string
beforeAll(async () => {
  const started = await s3({ pageSize: 5 })
  server = started.server
  stop = started.stop
  scratch = mkdtempSync(join(tmpdir(), 'postflight-backup-'))
  for (let day = 0; day < DAYS; day++) {
    for (let file = 0; file < FILES; file++) {
      const lastModified = NOW - (DAYS - day) * 86_400_000
      server.put('media', `day-${day}/${file}.dat.gz`, 'x'.repeat(day + 1), { lastModified })
    }
  }
})
afterAll(async () => {
  await stop()
  rmSync(scratch, { recursive: true })
})

/** What a check of kind backup sees of the bucket. */
async function see(
  check: Readonly<Record<string, unknown>>,
  set: Readonly<Record<string, unknown>> = {},
): Promise<Observation> {
  const { endpoint, accessKey: access_key, secretKey: secret_key } = server
  const spec = { type: 's3', bucket: 'media', endpoint, path_style: true, access_key, secret_key, ...set }
  const media = connectionSchema.parse(spec)
  const connections = openConnections({ media }, { openers, env: {}, version: 'test', scratch })
  const context = { ...contextOf({ now: () => new Date(NOW) }), ...connections.seenFrom('local'), scratch }
  const walk = observe(checkOf(backup, { store: 'media', ...check }), context)
  try {
    let step = await walk.next()
    while (step.done !== true) step = await walk.next()
    return step.value
  } finally {
    server.endPlays()
    await connections.closeAll()
  }
}

// The files of one stand apart, and are one backup all the same.
it.each([
  [{}, [expect.stringContaining('media does not list in byte order')]],
  [{ order: 'none' }, []],
])('that does not list in byte order is sorted before it is grouped, %j', async (set, noted) => {
  server.play(scattered())
  const { subjects, notes = [] } = await see({ match: 'day-*/' }, set)
  expect(subjects).toMatchObject({ count: DAYS, newest: 'day-5/', newest_size: DAYS * FILES })
  expect(notes.filter((note) => note.includes('byte order'))).toEqual(noted)
})

// Some servers list times to the millisecond, and tell whole seconds when they are asked for one object.
it('that is broken is broken, not being written, however exactly times are told', async () => {
  server.put('media', 'broken.sql.gz', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]), { lastModified: NOW - 3_600_123 })
  const { subjects } = await see({ match: 'broken.*', format: 'gz' })
  expect(subjects).toMatchObject({ count: 1, readable: false })
})
