/** Volumes of real containers, with a shell in them and without one. */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type ContainerEngine,
  containerEngineStarts,
  type EngineName,
  startContainerEngine,
} from '../../../fixtures/servers/container-engine.js'
import { createContainerVantage } from '../../../src/vantage/container/container.js'
import { createLocalVantage } from '../../../src/vantage/local.js'
import { serverOrSkip } from '../../support/require-server.js'
import { SENTINEL } from './trap.js'
import { verdictOf } from './verdict.js'

const local = createLocalVantage({ env: process.env })

for (const name of ['docker', 'podman'] satisfies EngineName[]) {
  serverOrSkip(name, containerEngineStarts(name))(`a volume in a container of ${name}`, () => {
    let engine: ContainerEngine
    let host: string
    beforeAll(async () => {
      engine = await startContainerEngine(name)
      host = mkdtempSync(join(tmpdir(), 'postflight-volume-'))
    }, 60_000)
    afterAll(async () => {
      await engine?.stop()
      rmSync(host, { recursive: true, force: true })
    })
    const vantage = (container: string) => createContainerVantage({ name: container, engine: name }, engine)

    describe.each(['busybox', 'bare'] as const)('with the image %s', (image) => {
      const run = (what: string, ...flags: readonly string[]) => {
        const container = `${what}-${image}`
        engine.run(container, { image, flags })
        return vantage(container)
      }
      const directory = (what: string) => {
        const path = join(host, `${what}-${image}`)
        mkdirSync(path)
        writeFileSync(join(path, '.postflight.json'), '{"id":"7d1f"}')
        return path
      }

      it('bound from the host is mounted, the right one, writable, and the same as on the host', async () => {
        const source = directory('bound')
        const spec = { path: '/volume', ...SENTINEL, same_as: { from: 'local', path: source } }
        const seen = await verdictOf({
          vantage: run('bound', `--volume=${source}:/volume`),
          other: local,
          spec,
          expect: {
            writable: true,
            'engine:source': source,
            'engine:writable': true,
            root: { ends_with: `bound-${image}` },
          },
        })
        expect(seen).toMatchObject({ outcome: 'pass', broken: [], gaps: [], causes: '' })
        expect(readdirSync(source)).toEqual(['.postflight.json'])
      })

      it('V01 that nobody mounted is the writable layer', async () => {
        const seen = await verdictOf({ vantage: run('forgotten', '--tmpfs=/other'), spec: { path: '/tmp' } })
        expect(seen).toMatchObject({ outcome: 'fail', broken: ['mounted', 'persistent'] })
        expect(seen.causes).toMatch(/writable layer of the container.*the engine mounts/)
      })

      it('V03 without a name is anonymous, with one it is not', async () => {
        const spec = { path: '/volume' }
        const unnamed = await verdictOf({ vantage: run('unnamed', '--volume=/volume'), spec })
        expect(unnamed).toMatchObject({ outcome: 'warn', broken: ['anonymous'] })
        const named = await verdictOf({ vantage: run('named', `--volume=named-${image}:/volume`), spec })
        expect(named).toMatchObject({ outcome: 'pass', subjects: { anonymous: false, persistent: true } })
      })

      it('V06 renamed on the host is told by its name and by comparing', async () => {
        const source = directory('renamed')
        const there = run('renamed', `--volume=${source}:/volume`)
        renameSync(source, `${source}_sav`)
        mkdirSync(source)
        const spec = { path: '/volume', same_as: { from: 'local', path: source } }
        const seen = await verdictOf({ vantage: there, other: local, spec })
        expect(seen).toMatchObject({ outcome: 'fail', broken: ['same'] })
        expect(seen.causes).toMatch(
          new RegExp(`told to mount .*/renamed-${image}, .* called .*/renamed-${image}_sav now`),
        )
      })

      it('V13 bound read-only cannot be written', async () => {
        const source = directory('read-only')
        const seen = await verdictOf({
          vantage: run('read-only', `--volume=${source}:/volume:ro`),
          spec: { path: '/volume' },
          expect: { writable: true },
        })
        expect(seen).toMatchObject({ outcome: 'fail', broken: ['writable'] })
      })

      it('V15 in memory warns', async () => {
        const seen = await verdictOf({ vantage: run('memory', '--tmpfs=/volume'), spec: { path: '/volume' } })
        expect(seen).toMatchObject({
          outcome: 'warn',
          broken: ['persistent'],
          subjects: { mounted: true, type: 'tmpfs' },
        })
      })

      it('V09 of another user is written as that user or not at all', async () => {
        const source = directory('owned')
        const there = run('owned', `--volume=${source}:/volume`)
        const refused = await verdictOf({
          vantage: there,
          spec: { path: '/volume', as: 'app' },
          expect: { writable: true },
        })
        expect(refused).toMatchObject({ outcome: 'fail', broken: ['writable'] })
        expect(refused.causes).toMatch(/user 1000 cannot create/)
        const root = await verdictOf({ vantage: there, spec: { path: '/volume' }, expect: { writable: true } })
        expect(root).toMatchObject({ outcome: 'pass', subjects: { writable: true, new_owner: 0 } })
      })

      it('V26 has the shared memory that was asked for', async () => {
        const spec = { path: '/dev/shm' }
        const expected = { size: { gte: '128MiB' }, persistent: false }
        const small = await verdictOf({ vantage: run('small', '--shm-size=64m'), spec, expect: expected })
        expect(small).toMatchObject({ outcome: 'fail', broken: ['size'] })
        const large = await verdictOf({ vantage: run('large', '--shm-size=128m'), spec, expect: expected })
        expect(large).toMatchObject({ outcome: 'pass' })
      })
    })

    it('V08 is the same in two containers that share it, and not in two that do not', async () => {
      engine.run('web', { flags: ['--volume=shared:/uploads'] })
      engine.run('worker', { flags: ['--volume=shared:/data', '--volume=own:/own'] })
      const look = (path: string) =>
        verdictOf({
          vantage: vantage('web'),
          other: vantage('worker'),
          spec: { path: '/uploads', same_as: { from: 'local', path } },
        })
      expect(await look('/data')).toMatchObject({ outcome: 'pass', subjects: { same: true } })
      expect(await look('/own')).toMatchObject({ outcome: 'fail', broken: ['same'] })
    })

    it('V25 of one image has one id, of another another', async () => {
      engine.run('v25', {})
      engine.run('v25-bare', { image: 'bare' })
      const image = async (container: string) =>
        (
          await verdictOf({
            vantage: vantage(container),
            spec: { path: '/' },
            expect: { 'engine:image': { exists: true } },
          })
        ).subjects['engine:image']
      expect(await image('v25')).toMatch(/[0-9a-f]{64}/)
      expect(await image('v25-bare')).not.toBe(await image('v25'))
    })
  })
}
