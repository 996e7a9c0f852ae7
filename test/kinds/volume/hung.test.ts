import { spawnSync } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { serverOrSkip } from '../../support/require-server.js'
import { BIN } from '../../support/run-cli.js'
import { plantSshfs, type Served, SSHFS_NEEDS, sshfsAllowed } from './sshfs.js'
import { verdictOf } from './verdict.js'

const fuse = serverOrSkip(SSHFS_NEEDS, sshfsAllowed())

fuse('a FUSE mount', () => {
  let at: Served
  beforeEach(async () => {
    at = await plantSshfs()
  })
  afterEach(() => at.stop())
  const look = (more: object = {}) =>
    verdictOf({ vantage: at.vantage, spec: { path: join(at.directory, 'v') }, ...more })

  it('that answers is looked at like any other, and is no ext4', async () => {
    const healthy = await look({ expect: { type: 'fuse.sshfs', writable: true } })
    expect(healthy).toMatchObject({ outcome: 'pass', broken: [], gaps: [] })
    expect(await look({ expect: { type: { in: ['ext4', 'xfs'] } } })).toMatchObject({
      outcome: 'fail',
      broken: ['type'],
    })
  })

  it('that hangs is an error within the timeout, and says which mount', async () => {
    at.hang()
    const began = performance.now()
    const seen = await look({ expect: { writable: true }, timeoutMs: 2000 })
    expect(performance.now() - began).toBeLessThan(3000)
    expect(seen).toMatchObject({ outcome: 'error', broken: [], subjects: { mounted: true, type: 'fuse.sshfs' } })
    expect(seen.gaps[0]).toMatch(/fuse.sshfs .*\/remote, mounted at .*\/v, does not answer: no answer within 1\.5s/)
    expect(seen.causes).toMatch(/every program that touches/)
  })

  it('that hangs still fails what the mount table disproves', async () => {
    at.hang()
    const seen = await look({ expect: { type: 'ext4' }, timeoutMs: 2000 })
    expect(seen).toMatchObject({ outcome: 'fail', broken: ['type'] })
  })

  it('that hangs behind a link is among those named', async () => {
    at.hang()
    symlinkSync('v', join(at.directory, 'link'))
    const spec = { path: join(at.directory, 'link') }
    const seen = await verdictOf({ vantage: at.vantage, spec, timeoutMs: 1500 })
    expect(seen).toMatchObject({ outcome: 'error', subjects: { mounted: { unobserved: expect.anything() } } })
    expect(seen.gaps[0]).toMatch(/link does not answer: .*may lead to .*fuse\.sshfs/)
  })

  it('whose program is gone is an error that says so', async () => {
    at.lose()
    const seen = await look({ expect: { writable: true } })
    expect(seen).toMatchObject({ outcome: 'error', subjects: { mounted: true } })
    expect(seen.gaps).toEqual([expect.stringMatching(/\/v cannot be looked at: Transport endpoint is not connected/)])
  })

  it('that hangs does not hold up the command, and what touched it goes when it answers', async () => {
    const file = join(at.directory, 'check.yaml')
    writeFileSync(
      file,
      `version: 1
checks:
  - { id: v, kind: volume, path: ${at.directory}/v, timeout: 2s, owner: me, severity: high, remediation: mount it, expect: { writable: true } }
`,
    )
    at.hang()
    const began = performance.now()
    const { status, stdout } = spawnSync(
      'nsenter',
      ['--target', String(at.pid), '--mount', '--', process.execPath, BIN, 'verify', file, '--json', '--allow-writes'],
      { encoding: 'utf8', timeout: 15_000, killSignal: 'SIGKILL' },
    )
    const took = performance.now() - began
    expect(status, stdout).toBe(3)
    const [check] = JSON.parse(stdout).checks
    expect(check).toMatchObject({ outcome: 'error', message: expect.stringMatching(/does not answer/) })
    expect(check.duration_ms).toBeLessThan(3000)
    expect(took).toBeLessThan(check.duration_ms + 5000)
    at.answer()
    await expect.poll(() => spawnSync('pgrep', ['-f', `^stat .*${at.directory}/v`]).status).toBe(1)
  })
})
