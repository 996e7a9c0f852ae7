/** The same worker seen in a container, with and without a shell, and on another host. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type ContainerEngine,
  containerEngineStarts,
  startContainerEngine,
} from '../../../fixtures/servers/container-engine.js'
import { type Sshd, sshdInstalled, startSshd } from '../../../fixtures/servers/sshd.js'
import { connectionSchema, type SshSpec } from '../../../src/connections/schema.js'
import { openVantage } from '../../../src/vantage/open.js'
import type { VantageSpec } from '../../../src/vantage/schema.js'
import { createDatabase } from '../../support/postgres.js'
import { serverOrSkip } from '../../support/require-server.js'
import { children } from './children.js'
import { looking } from './look.js'

const { look } = looking({})
const keysOf = (findings: readonly { readonly key?: string; readonly reason?: string }[]) =>
  Object.fromEntries(findings.map(({ key, reason }) => [key, reason]))

serverOrSkip('docker', containerEngineStarts('docker'))('a worker in a container', () => {
  let engine: ContainerEngine
  beforeAll(async () => {
    engine = await startContainerEngine('docker')
    const flags = ['--env=KEY=one', '--env=QUOTED="x"', '--env=URL=redis://127.0.0.1:1/0']
    engine.run('mailer', { flags })
    engine.run('web', { flags: ['--env=KEY=two'] })
    engine.run('bare', { image: 'bare', flags })
    engine.run('app', { flags: [...flags, '--user=app'] })
  })
  afterAll(() => engine?.stop())

  const inside = (name: string, spec: object) => {
    const from: VantageSpec = { container: { name, engine: 'docker' } }
    const vantageAt = (place: VantageSpec) =>
      openVantage(place, { env: engine.env, ssh: () => expect.fail('no ssh here') } as Parameters<
        typeof openVantage
      >[1])
    return look(spec, { vantage: vantageAt(from), vantageAt, check: { from } })
  }

  it.each(['mailer', 'bare'])('%s is looked into', async (name) => {
    const { observation, findings } = await inside(name, {
      running: { command: 'sleep' },
      needs: {
        env: ['KEY', 'QUOTED', 'NOWHERE'],
        files: [{ path: '/etc/passwd', readable: true }, { path: '/nowhere' }],
        urls: [{ env: 'URL' }],
      },
      same_as: { from: { container: { name: 'web', engine: 'docker' } }, env: ['KEY'] },
    })
    expect(observation.subjects).toMatchObject({ running: 1, needs_missing: 4, needs_met: 2, env_differs: 1 })
    expect(keysOf(findings)).toEqual({
      'env QUOTED': 'its value stands in quotes, which are part of it',
      'env NOWHERE': 'not set',
      'file /nowhere': 'it is not there',
      'url URL': expect.stringMatching(/^connect: .*refused.*, seen from container/),
      'env KEY': 'another value than in container web',
    })
  })

  it('without a named process shows the environment the container is set to have', async () => {
    const { observation } = await inside('mailer', { needs: { env: ['KEY'] } })
    expect(observation.subjects).toMatchObject({ needs_missing: 0, needs_met: 1 })
    expect(observation.notes).toContain('environment: that of the container')
  })

  it('that is gone is a gap, beside what databases still tell', async () => {
    const database = await createDatabase()
    const from: VantageSpec = { container: { name: 'nobody', engine: 'docker' } }
    const vantage = openVantage(from, { env: engine.env, ssh: () => expect.fail('no ssh here') })
    const both = looking({ postgres: database.url })
    const { observation } = await both.look(
      { needs: { env: ['KEY'] }, heartbeat: { connection: 'main', sql: 'select now()' } },
      { vantage, check: { from } },
    )
    await both.close()
    await database.drop()
    expect(observation.subjects).toMatchObject({ heartbeat_age: 0, needs_missing: { unobserved: expect.anything() } })
    expect(observation.gaps?.[0]).toContain('nobody')
  })

  it('is looked at as the user it runs as', async () => {
    const { findings } = await inside('app', {
      running: { command: 'sleep' },
      needs: { files: [{ path: '/etc/passwd', writable: true }] },
    })
    expect(keysOf(findings)).toEqual({ 'file /etc/passwd': 'not writable' })
  })
})

serverOrSkip('sshd', sshdInstalled())('a worker on another host', () => {
  const running = children()
  const MARK = `places-${process.pid}`
  let sshd: Sshd
  beforeAll(async () => {
    sshd = await startSshd()
    await running.start([MARK], { KEY: 'one', EMPTY: '' })
  })
  afterAll(async () => {
    await running.stop()
    await sshd?.stop()
  })

  it('is looked at there', async () => {
    const from: VantageSpec = { ssh: 'old-host' }
    const ssh = () => connectionSchema.parse(sshd.connection) as SshSpec
    const vantage = openVantage(from, { env: process.env, ssh })
    const { observation, findings } = await look(
      {
        running: { command: MARK },
        needs: { env: ['KEY', 'EMPTY'] },
        same_as: { from: 'local', command: MARK, env: ['KEY'] },
      },
      { vantage, check: { from } },
    )
    await vantage.close()
    expect(observation.subjects).toMatchObject({ running: 1, needs_missing: 1, env_differs: 0 })
    expect(keysOf(findings)).toEqual({ 'env EMPTY': 'empty' })
  })
})
