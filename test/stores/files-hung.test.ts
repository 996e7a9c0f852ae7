// A files store on a mount that does not answer: sshfs, its server stopped.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { plantSshfs, type Served, SSHFS_NEEDS, sshfsAllowed } from '../kinds/volume/sshfs.js'
import { createDatabase } from '../support/postgres.js'
import { serverOrSkip } from '../support/require-server.js'
import { BIN } from '../support/run-cli.js'
import { lookInNamespace } from './run-child.js'

serverOrSkip(SSHFS_NEEDS, sshfsAllowed())('a files store', () => {
  let at: Served
  beforeEach(async () => {
    at = await plantSshfs()
  })
  afterEach(() => at.stop())
  const look = (root: string, more: object = {}) =>
    lookInNamespace(at.pid, { spec: { root: join(at.directory, root) }, waitMs: 1000, ...more }, 30_000)

  it('on one that answers is like any other', async () => {
    expect(await look('v', { stat: ['file', 'none'], waitMs: 20_000 })).toMatchObject({
      list: { keys: ['file'], gaps: [] },
      stat: [6, 'absent'],
    })
  })

  it('on one that hangs gives no answer, and the program still ends', async () => {
    at.hang()
    expect(await look('v', { stat: ['file'], digest: ['file'] })).toEqual({
      probe: 'no answer',
      list: 'no answer',
      stat: ['no answer'],
      digest: [null],
    })
  })

  it('reached through a link, likewise', async () => {
    spawnSync('ln', ['-s', 'v', join(at.directory, 'link')])
    at.hang()
    expect(await look('link')).toMatchObject({ probe: 'no answer', list: 'no answer' })
  })

  it('with one below it cannot be listed, but what lies beside it can be looked up', async () => {
    at.hang()
    const { list, stat } = await look('.', { stat: ['remote/file'], waitMs: 5000 })
    expect({ list, stat }).toEqual({ list: 'no answer', stat: [6] })
  })

  it('beside one does not care, even where fstab has it', async () => {
    const fstab = join(at.directory, 'fstab')
    writeFileSync(fstab, `host:/ ${at.directory}/v fuse.sshfs defaults 0 0\n`)
    at.hang()
    expect(await look('remote', { fstab, waitMs: 20_000 })).toMatchObject({ list: { keys: ['file'], gaps: [] } })
  })

  it('whose program is gone says so', async () => {
    at.lose()
    const { list } = await look('v', { waitMs: 20_000 })
    expect(list).toMatch(/^unavailable: files \(.*\/v\): the mount has lost its server$/)
  })

  it('that hangs makes a check an error at its timeout, and leaves nothing behind', async () => {
    const database = await createDatabase()
    const file = join(at.directory, 'check.yaml')
    try {
      await database.client.query("create table uploads as select 'file' as path")
      writeFileSync(
        file,
        `version: 1
secrets: { url: { env: DATABASE_URL } }
connections:
  main: { type: postgres, url: "\${secret.url}" }
  disk: { type: files, root: ${at.directory}/v }
checks:
  - id: uploads
    kind: artifacts
    rows: { connection: main, sql: "select path from uploads", key: path }
    store: disk
    timeout: 2s
    owner: me
    severity: high
    remediation: mount it
    expect: { missing: 0, orphaned: 0 }
`,
      )
      at.hang()
      const before = performance.now()
      const { status, stdout, stderr } = spawnSync(
        'nsenter',
        ['--target', String(at.pid), '--mount', '--', process.execPath, BIN, 'verify', file, '--json', '--quiet'],
        {
          encoding: 'utf8',
          timeout: 30_000,
          killSignal: 'SIGKILL',
          env: { ...process.env, DATABASE_URL: database.url },
        },
      )
      const took = performance.now() - before
      expect(status, stdout + stderr).toBe(3)
      const [check] = JSON.parse(stdout).checks
      expect(check).toMatchObject({ id: 'uploads', outcome: 'error' })
      expect(took).toBeLessThan(check.duration_ms + 8000)
      at.answer()
      await expect.poll(() => spawnSync('pgrep', ['-f', 'away-process'], { encoding: 'utf8' }).stdout).toBe('')
    } finally {
      await database.drop()
    }
  })
})
