// Backups in a bucket that does not list in byte order: the files of one stand apart, and are one backup all the same.
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

it.each([
  [{}, [expect.stringContaining('media does not list in byte order')]],
  [{ order: 'none' }, []],
])('is sorted before it is grouped, %j', async (set, noted) => {
  server.play(scattered())
  const { endpoint, accessKey: access_key, secretKey: secret_key } = server
  const spec = { type: 's3', bucket: 'media', endpoint, path_style: true, access_key, secret_key, ...set }
  const media = connectionSchema.parse(spec)
  const connections = openConnections({ media }, { openers, env: {}, version: 'test', scratch })
  const context = { ...contextOf({ now: () => new Date(NOW) }), ...connections.seenFrom('local'), scratch }
  const walk = observe(checkOf(backup, { store: 'media', match: 'day-*/' }), context)
  try {
    let step = await walk.next()
    while (step.done !== true) step = await walk.next()
    const { subjects, notes = [] } = step.value as Observation
    expect(subjects).toMatchObject({ count: DAYS, newest: 'day-5/', newest_size: DAYS * FILES })
    expect(notes.filter((note) => note.includes('byte order'))).toEqual(noted)
  } finally {
    server.endPlays()
    await connections.closeAll()
  }
})
