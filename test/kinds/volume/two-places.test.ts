import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { createLocalVantage } from '../../../src/vantage/local.js'
import type { Vantage } from '../../../src/vantage/vantage.js'
import { mountsAllowed } from '../../support/mounts.js'
import { serverOrSkip } from '../../support/require-server.js'
import { freshDirectory, type Namespace, plant, vantageIn } from './namespace.js'
import { mark, SENTINEL } from './trap.js'
import { verdictOf } from './verdict.js'

const planted: Namespace[] = []
afterEach(async () => {
  for (const at of planted.splice(0)) await at.stop()
})

async function keep(at: Promise<Namespace>): Promise<Namespace> {
  planted.push(await at)
  return at
}

const local = createLocalVantage({ env: process.env })
const FROM = { from: 'local' }

serverOrSkip('right to mount', mountsAllowed())('two places', () => {
  it('V08 that mount one directory see the same', async () => {
    const one = await keep(plant('mkdir s v; mount --bind s v'))
    const two = await keep(plant('mount --bind s v', undefined, one.directory))
    const spec = { path: `${one.directory}/v`, same_as: FROM }
    const seen = await verdictOf({ vantage: one.vantage, other: two.vantage, spec })
    expect(seen).toMatchObject({ outcome: 'pass', broken: [], subjects: { same: true } })
  })

  it('V08 that mount two directories do not, and each is named', async () => {
    const one = await keep(plant('mkdir s other v; mount --bind s v'))
    const two = await keep(plant('mount --bind other v', undefined, one.directory))
    const spec = { path: `${one.directory}/v`, same_as: FROM }
    const seen = await verdictOf({ vantage: one.vantage, other: two.vantage, spec })
    expect(seen).toMatchObject({ outcome: 'fail', broken: ['same'] })
    expect(seen.causes).toMatch(/sees another directory at .*\/other of ext4|other of .*, here it is .*\/s of/)
  })

  it('V06 a host directory renamed and made anew is not the one that is mounted', async () => {
    const at = await keep(plant('mkdir s v; mount --bind s v'))
    const spec = { path: `${at.directory}/v`, same_as: { from: 'local', path: `${at.directory}/s` } }
    expect(await verdictOf({ vantage: at.vantage, other: local, spec })).toMatchObject({ outcome: 'pass' })
    spawnSync('sh', ['-ec', 'mv s s_sav; mkdir s'], { cwd: at.directory })
    expect(await verdictOf({ vantage: at.vantage, other: local, spec })).toMatchObject({
      outcome: 'fail',
      broken: ['same'],
    })
  })

  it('on two kernels are told by the sentinel, and not at all without one', async () => {
    const one = await keep(plant(`mkdir s v; mount --bind s v; ${mark('v')}`))
    const copy = await keep(plant(`mkdir s v; mount --bind s v; ${mark('v')}`))
    const elsewhere = otherKernel(copy.vantage)
    const spec = { path: `${one.directory}/v`, same_as: { from: 'local', path: `${copy.directory}/v` } }
    const blind = await verdictOf({ vantage: one.vantage, other: elsewhere, spec })
    expect(blind).toMatchObject({ outcome: 'error', message: expect.stringMatching(/only a `sentinel` can tell/) })
    const seen = await verdictOf({ vantage: one.vantage, other: elsewhere, spec: { ...spec, ...SENTINEL } })
    expect(seen).toMatchObject({
      outcome: 'pass',
      notes: [expect.stringMatching(/which a copy of the volume has too/)],
    })
    writeFileSync(join(copy.directory, 's/.postflight.json'), '{"id":"b4d1d"}')
    const other = await verdictOf({ vantage: one.vantage, other: elsewhere, spec: { ...spec, ...SENTINEL } })
    expect(other).toMatchObject({ outcome: 'fail', broken: ['same'] })
    expect(`${other.causes}${other.notes}`).not.toContain('b4d1d')
  })

  it.each([
    ['private', 'fail', ['mounted'], 'private'],
    ['slave', 'pass', [], 'slave'],
  ] as const)(
    'V18 a mount made after the start is seen by a container only as it propagates: %s',
    async (how, outcome, broken, propagation) => {
      const host = await keep(
        plant(`mkdir s v; mount --bind . .; cd "$1"; mount --make-shared .
        unshare --mount --propagation ${how} sh -c 'echo $$ > inner.pid; exec sleep 600' &
        while [ ! -s inner.pid ]; do sleep 0.05; done; mount --bind s v`),
      )
      const pid = Number(readFileSync(`/proc/${host.pid}/root${host.directory}/inner.pid`, 'utf8'))
      try {
        const seen = await verdictOf({
          vantage: vantageIn(pid),
          spec: { path: `${host.directory}/v` },
          expect: { propagation: { contains: propagation } },
        })
        expect(seen).toMatchObject({ outcome, broken })
      } finally {
        process.kill(pid, 'SIGKILL')
      }
    },
  )
})

const rclone = mountsAllowed() && existsSync('/dev/fuse') && spawnSync('rclone', ['version']).status === 0

serverOrSkip('rclone and right to mount', rclone)('a file system', () => {
  it.each([
    [true, 'fail', ['case_sensitive']],
    [false, 'pass', []],
  ] as const)('V17 that folds case (%s) is known by a name that is there', async (folds, outcome, broken) => {
    const directory = freshDirectory()
    mkdirSync(join(directory, 'remote/Uploads'), { recursive: true })
    const at = await keep(
      plant(
        `mkdir v; rclone --config /dev/null mount "$PWD/remote" v --vfs-case-insensitive=${folds} & echo $! > rclone.pid
         while ! grep -q " $PWD/v " /proc/self/mountinfo; do sleep 0.05; done`,
        undefined,
        directory,
      ),
    )
    try {
      const spec = { path: `${directory}/v` }
      const seen = await verdictOf({ vantage: at.vantage, spec, expect: { case_sensitive: true } })
      expect(seen).toMatchObject({ outcome, broken })
    } finally {
      process.kill(Number(readFileSync(join(directory, 'rclone.pid'), 'utf8')), 'SIGTERM')
    }
  })
})

/** The same place, as if it ran on a machine of its own. */
function otherKernel(vantage: Vantage): Vantage {
  return {
    ...vantage,
    start: (argv, options) =>
      vantage.start(
        argv.map((one) => one.replace('/proc/sys/kernel/random/boot_id', '/proc/sys/kernel/hostname')),
        options,
      ),
  }
}
