import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type ContainerEngine,
  containerEngineStarts,
  type EngineName,
  startContainerEngine,
} from '../../fixtures/servers/container-engine.js'
import { createContainerVantage } from '../../src/vantage/container/container.js'
import { runScript } from '../../src/vantage/run.js'
import type { ContainerSpec } from '../../src/vantage/schema.js'
import { VantageError } from '../../src/vantage/vantage.js'
import { serverOrSkip } from '../support/require-server.js'
import { failure, vantageTable } from './table.js'

const { signal } = new AbortController()

for (const name of ['docker', 'podman'] satisfies EngineName[]) {
  serverOrSkip(name, containerEngineStarts(name))(`container of ${name}`, () => {
    let engine: ContainerEngine
    beforeAll(async () => {
      engine = await startContainerEngine(name)
    })
    afterAll(() => engine?.stop())
    const vantage = (spec: string | ContainerSpec) =>
      createContainerVantage(
        typeof spec === 'string' ? { name: spec, engine: name } : { engine: name, ...spec },
        engine,
      )

    describe('with a shell', () => {
      vantageTable(async () => {
        engine.run('table', { flags: ['--network=host'] })
        return {
          vantage: vantage('table'),
          other: { user: 'app', uid: '1000' },
          method: `${name} exec`,
          dials: /^nc in the container$/,
          close: async () => undefined,
        }
      })
    })

    describe('without a shell', () => {
      vantageTable(async () => {
        engine.run('bare', { image: 'bare', flags: ['--network=host', '--env=SHOP=open'] })
        return {
          vantage: vantage('bare'),
          other: { user: 'app', uid: '1000' },
          method: 'namespaces of the container',
          dials: /^nc in the container$/,
          close: async () => undefined,
        }
      })

      it('is looked into as what it is: its links, its environment, its processes, its user', async () => {
        engine.run('bare-app', { image: 'bare', flags: ['--user=app', '--env=SHOP=open'] })
        const look = 'cat /data/link-to-passwd; echo "$SHOP"; id -u; readlink /proc/1/exe; ls /proc | grep -c "^[0-9]"'
        const { stdout } = await runScript(vantage('bare-app'), look, [], { signal })
        const [, app, shop, uid, first, processes] = stdout.toString().split('\n')
        expect([app, shop, uid, first]).toEqual(['app:x:1000:1000:app:/:/bin/sh', 'open', '1000', '/busybox'])
        expect(Number(processes)).toBeLessThan(10)
      })
    })

    describe('is found', () => {
      beforeAll(() => {
        const labels = (project: string, service: string) => [
          `--label=com.docker.compose.project=${project}`,
          `--label=com.docker.compose.service=${service}`,
        ]
        engine.run('shop-web-1', { flags: labels('shop', 'web') })
        engine.run('shop-worker-1', { flags: [...labels('shop', 'worker'), '--label=role=worker'] })
        engine.run('blog-web-1', { flags: labels('blog', 'web') })
        // As `docker compose run worker` leaves one beside the service, and where the service does not run.
        for (const service of ['worker', 'cron']) {
          engine.run(`shop-${service}-run-1`, {
            flags: [...labels('shop', service), '--label=com.docker.compose.oneoff=True'],
          })
        }
        engine.run('stopped')
        engine.client('kill', 'stopped')
      })
      const host = async (spec: ContainerSpec) => (await vantage(spec).outside({ signal }))?.mounts
      const refused = async (spec: string | ContainerSpec) => {
        const error = await failure(runScript(vantage(spec), 'exit 0', [], { signal }))
        expect(error).toBeInstanceOf(VantageError)
        return `${(error as VantageError).message} | ${(error as VantageError).hint}`
      }

      it('by name, service, service and project, label', async () => {
        for (const spec of [
          { name: 'shop-web-1' },
          { compose_service: 'worker' },
          { compose_service: 'web', project: 'blog' },
          { label: 'role=worker' },
        ]) {
          expect(await host(spec)).toEqual([])
        }
      })

      it('not where several are meant, and names them', async () => {
        expect(await refused({ compose_service: 'web' })).toMatch(
          /2 containers are meant: .*(blog-web-1 \(project blog\)|shop-web-1 \(project shop\)).*(name|project)/,
        )
      })

      it('not where there is none, and names those that run', async () => {
        expect(await refused('nobody')).toMatch(/no such container.*running are: .*shop-web-1/)
        expect(await refused({ compose_service: 'cron' })).toMatch(/no such container/)
        expect(await refused({ compose_service: 'nobody' })).toMatch(/no such container.*running are/)
      })

      it('not where it is stopped', async () => {
        expect(await refused('stopped')).toMatch(/not running.*start it/)
      })

      it('not where its name looks like an option', async () => {
        expect(await refused('--help')).toMatch(/no such container/)
      })

      it('again after it was made anew', async () => {
        const again = vantage('again')
        engine.run('again')
        expect((await runScript(again, 'exit 7', [], { signal })).code).toBe(7)
        engine.client('rm', '--force', 'again')
        await expect(runScript(again, 'exit 7', [], { signal })).rejects.toThrow(VantageError)
        engine.run('again')
        expect((await runScript(again, 'exit 7', [], { signal })).code).toBe(7)
      })

      it('and told from outside: mounts, volumes, image, start, shared memory', async () => {
        engine.run('mounted', {
          flags: ['--volume=/etc:/host-etc:ro', '--volume=named:/data', '--volume=/anonymous', '--shm-size=32m'],
        })
        const outside = await vantage('mounted').outside({ signal })
        const mounts = outside?.mounts.map(({ type, destination, writable }) => `${type} ${destination} ${writable}`)
        expect(mounts?.toSorted()).toEqual(['bind /host-etc false', 'volume /anonymous true', 'volume /data true'])
        expect(outside?.mounts.find(({ destination }) => destination === '/anonymous')?.name).toMatch(/^[0-9a-f]{64}$/)
        expect(outside?.shmBytes).toBe(32 * 1024 * 1024)
        expect(outside?.image).toContain('postflight/busybox')
        expect(Math.abs(Date.now() - (outside?.startedAt?.getTime() ?? 0))).toBeLessThan(120_000)
      })
    })

    it('that stops while it is looked at gives no exit code of the script', async () => {
      engine.run('stopping')
      const child = await vantage('stopping').start(['sleep', '1000'], { signal })
      child.stdout.resume()
      child.stderr.resume()
      engine.client('kill', 'stopping')
      await expect(child.ended).rejects.toThrow(VantageError)
    })
  })
}

describe('an engine', () => {
  const reach = async (env: Record<string, string | undefined>, engine?: EngineName) => {
    const error = await failure(
      runScript(createContainerVantage({ name: 'web', engine }, { env }), 'exit 0', [], { signal }),
    )
    expect(error).toBeInstanceOf(VantageError)
    return `${(error as VantageError).message} | ${(error as VantageError).hint}`
  }

  it('that is not installed is named', async () => {
    expect(await reach({ PATH: '/nonexistent' })).toMatch(/docker, nor podman, is not installed here.*install/)
    expect(await reach({ PATH: '/nonexistent' }, 'podman')).toMatch(/podman is not installed here/)
  })

  it.runIf(containerEngineStarts('docker'))('that does not answer is said to', async () => {
    const env = { ...process.env, DOCKER_HOST: 'unix:///nonexistent/docker.sock' }
    expect(await reach(env, 'docker')).toMatch(/the engine does not answer.*DOCKER_HOST/)
  })
})
