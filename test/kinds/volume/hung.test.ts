import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { mountsAllowed } from '../../support/mounts.js'
import { serverOrSkip } from '../../support/require-server.js'
import { BIN } from '../../support/run-cli.js'
import { type Namespace, plant } from './namespace.js'
import { verdictOf } from './verdict.js'

const SFTP_SERVER = ['/usr/lib/openssh/sftp-server', '/usr/lib/ssh/sftp-server', '/usr/libexec/sftp-server'].find(
  existsSync,
)
const sshfs = spawnSync('sshfs', ['--version']).status === 0
const fuse = serverOrSkip(
  'sshfs, sftp-server and right to mount',
  mountsAllowed() && sshfs && SFTP_SERVER !== undefined && existsSync('/dev/fuse'),
)

/** sshfs talks to an sftp-server of its own through two pipes: stopping that one hangs the mount, and no network is needed. */
const MOUNT = `
  mkdir remote v; echo hello > remote/file; mkfifo to from
  ${SFTP_SERVER} < to > from & echo $! > server.pid
  sshfs -f -o passive,cache=no,attr_timeout=0,entry_timeout=0 ":$PWD/remote" v <> from > to & echo $! > sshfs.pid
  while ! grep -q " $PWD/v " /proc/self/mountinfo; do sleep 0.05; done`

fuse('a FUSE mount', () => {
  let at: Namespace
  const pidOf = (program: string) => Number(readFileSync(join(at.directory, `${program}.pid`), 'utf8'))
  beforeEach(async () => {
    at = await plant(MOUNT)
  })
  afterEach(async () => {
    for (const program of ['server', 'sshfs']) {
      try {
        process.kill(pidOf(program), 'SIGKILL')
      } catch {
        // The test has ended it already.
      }
    }
    await at.stop()
  })
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
    process.kill(pidOf('server'), 'SIGSTOP')
    const began = performance.now()
    const seen = await look({ expect: { writable: true }, timeoutMs: 2000 })
    expect(performance.now() - began).toBeLessThan(3000)
    expect(seen).toMatchObject({ outcome: 'error', broken: [], subjects: { mounted: true, type: 'fuse.sshfs' } })
    expect(seen.gaps[0]).toMatch(/fuse.sshfs .*\/remote, mounted at .*\/v, does not answer: no answer within 1\.5s/)
    expect(seen.causes).toMatch(/every program that touches/)
  })

  it('that hangs still fails what the mount table disproves', async () => {
    process.kill(pidOf('server'), 'SIGSTOP')
    const seen = await look({ expect: { type: 'ext4' }, timeoutMs: 2000 })
    expect(seen).toMatchObject({ outcome: 'fail', broken: ['type'] })
  })

  it('that hangs behind a link is among those named', async () => {
    process.kill(pidOf('server'), 'SIGSTOP')
    symlinkSync('v', join(at.directory, 'link'))
    const spec = { path: join(at.directory, 'link') }
    const seen = await verdictOf({ vantage: at.vantage, spec, timeoutMs: 1500 })
    expect(seen).toMatchObject({ outcome: 'error', subjects: { mounted: { unobserved: expect.anything() } } })
    expect(seen.gaps[0]).toMatch(/link does not answer: .*may lead to .*fuse\.sshfs/)
  })

  it('whose program is gone is an error that says so', async () => {
    process.kill(pidOf('sshfs'), 'SIGKILL')
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
    process.kill(pidOf('server'), 'SIGSTOP')
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
    process.kill(pidOf('server'), 'SIGCONT')
    await expect.poll(() => spawnSync('pgrep', ['-f', `^stat .*${at.directory}/v`]).status).toBe(1)
  })
})
