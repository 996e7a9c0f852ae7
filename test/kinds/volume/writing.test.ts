import { existsSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it, onTestFinished } from 'vitest'
import { createLocalVantage } from '../../../src/vantage/local.js'
import type { Vantage } from '../../../src/vantage/vantage.js'
import { mountsAllowed } from '../../support/mounts.js'
import { serverOrSkip } from '../../support/require-server.js'
import { freshDirectory, type Namespace, plant } from './namespace.js'
import { verdictOf } from './verdict.js'

let at: Namespace | undefined
afterEach(() => at?.stop())

const MOUNTED = 'mkdir s v; mount --bind s v'
const writable = { writable: true }

/** When the directory last changed, to the nanosecond: a file made and deleted would have moved it. */
function changed({ pid, directory }: Namespace): bigint {
  return statSync(join(`/proc/${pid}/root`, directory, 'v'), { bigint: true }).mtimeNs
}

serverOrSkip('right to mount', mountsAllowed())('whether it can be written', () => {
  const cases: readonly (readonly [
    string,
    string,
    Record<string, unknown>,
    { written: boolean; outcome: string; reason?: RegExp },
  ])[] = [
    ['is proven by writing', MOUNTED, { expect: writable }, { written: true, outcome: 'pass' }],
    [
      'is not known without --allow-writes',
      MOUNTED,
      { expect: writable, writes: false },
      { written: false, outcome: 'error', reason: /needs --allow-writes/ },
    ],
    [
      'is not tried where nothing expects it',
      MOUNTED,
      {},
      { written: false, outcome: 'pass', reason: /nothing expects it/ },
    ],
    [
      'is not tried where nothing is mounted',
      'mkdir v',
      { expect: writable },
      { written: false, outcome: 'fail', reason: /not mounted, so nothing was written/ },
    ],
    [
      'is tried where no mount is expected',
      'mkdir v',
      { expect: { ...writable, mounted: false } },
      { written: true, outcome: 'pass' },
    ],
    [
      'is false for a user the system refuses, without writing',
      MOUNTED,
      { expect: writable, writes: false, as: '999:999' },
      { written: false, outcome: 'fail' },
    ],
  ]
  it.each(cases)('%s', async (_, script, { as, ...asked }, { written, outcome, reason }) => {
    at = await plant(script)
    const before = changed(at)
    const spec = { path: join(at.directory, 'v'), ...(as === undefined ? {} : { as }) }
    const seen = await verdictOf({ vantage: at.vantage, spec, ...asked })
    expect(seen.outcome).toBe(outcome)
    if (reason !== undefined) expect(seen.subjects['writable']).toEqual({ unobserved: expect.stringMatching(reason) })
    expect(changed(at) !== before).toBe(written)
    expect(readdirSync(join(`/proc/${at.pid}/root`, at.directory, 'v'))).toEqual([])
  })

  serverOrSkip('busybox', existsSync('/bin/busybox'))('with busybox', () => {
    it('is not told by its shell, which knows no ACL', async () => {
      at = await plant(MOUNTED)
      const { vantage } = at
      const busybox: Vantage = {
        ...vantage,
        start: ([, ...args], options) => vantage.start(['/bin/busybox', 'sh', ...args], options),
      }
      const spec = { path: join(at.directory, 'v'), as: '999:999' }
      const seen = await verdictOf({ vantage: busybox, spec, expect: writable, writes: false })
      expect(seen).toMatchObject({ outcome: 'error', broken: [] })
    })
  })

  it('of a file is not tried, and as root the user is asked for', async () => {
    at = await plant('echo a > s; echo > v; mount --bind s v; mkdir d e; mount --bind d e; chown 999:999 e')
    const file = await verdictOf({ vantage: at.vantage, spec: { path: join(at.directory, 'v') }, expect: writable })
    expect(file).toMatchObject({
      outcome: 'error',
      message: expect.stringMatching(/no directory.*name one as `probe`/),
    })
    const root = await verdictOf({ vantage: at.vantage, spec: { path: join(at.directory, 'e') }, expect: writable })
    expect(root).toMatchObject({ outcome: 'pass', notes: [expect.stringMatching(/written as root/)] })
  })
})

it('a path that leads through a link is judged by where it leads', async () => {
  const directory = freshDirectory()
  onTestFinished(() => rmSync(directory, { recursive: true }))
  symlinkSync('/dev/shm', join(directory, 'link'))
  const spec = { path: join(directory, 'link') }
  const seen = await verdictOf({
    vantage: createLocalVantage({ env: process.env }),
    spec,
    expect: { stacked: { gte: 1 } },
  })
  expect(seen.subjects).toMatchObject({ mounted: true, mount_point: '/dev/shm', type: 'tmpfs' })
})
