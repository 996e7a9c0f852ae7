// Whatever a check of kind s3 asks goes through the connections of its vantage, be they sockets or not.
import { Duplex } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Sshd, sshdInstalled, startSshd } from '../../../fixtures/servers/sshd.js'
import { connectionSchema, type SshSpec } from '../../../src/connections/schema.js'
import { dialSocket } from '../../../src/vantage/dial-socket.js'
import { createLocalVantage } from '../../../src/vantage/local.js'
import { createSshVantage } from '../../../src/vantage/ssh.js'
import { DialError, type Endpoint, type Vantage, VantageError } from '../../../src/vantage/vantage.js'
import { serverOrSkip } from '../../support/require-server.js'
import { type Bed, openBed, XML } from './bed.js'

const APP = 'https://app.example.net'
let bed: Bed

beforeAll(async () => {
  bed = await openBed()
  bed.server.bucket('media', { documents: { cors: XML.cors(APP) } })
  bed.server.put('media', 'a', 'x')
})
afterAll(() => bed.stop())

serverOrSkip('sshd', sshdInstalled())('from another host', () => {
  let sshd: Sshd
  beforeAll(async () => {
    sshd = await startSshd()
  })
  afterAll(() => sshd?.stop())
  const other = (more: Record<string, unknown> = {}) =>
    createSshVantage('old-host', connectionSchema.parse({ ...sshd.connection, ...more }) as SshSpec, {
      env: { PATH: process.env['PATH'], HOME: '/nonexistent' },
    })

  test('everything is asked there', async () => {
    const vantage = other()
    const { subjects } = await bed.see({ spec: SPEC, vantage, allowed: ALLOWED, timeoutMs: 30_000 })
    expect(subjects).toMatchObject({ reachable: true, readable: true, private_readable: 0, cors: true, writable: true })
    await vantage.close()
  })

  test('a port where nothing listens there', async () => {
    const vantage = other()
    const { subjects } = await bed.see({ connection: { endpoint: 'http://127.0.0.1:1' }, vantage, timeoutMs: 30_000 })
    expect(subjects).toMatchObject({ reachable: false, failed_step: 'connect' })
    await vantage.close()
  })

  test('a host that is not reached says nothing of the bucket', async () => {
    const vantage = other({ port: 1 })
    await expect(bed.see({ vantage, timeoutMs: 30_000 })).rejects.toBeInstanceOf(VantageError)
    await vantage.close()
  })
})

/** Reaches `bucket.inside` and nothing else, by what is no socket: as through a program in a container. */
function inside(): Vantage & { readonly dialled: Endpoint[]; readonly open: Set<Duplex> } {
  const dialled: Endpoint[] = []
  const open = new Set<Duplex>()
  return {
    ...createLocalVantage({ env: {} }),
    dialled,
    open,
    dial: async (to, options) => {
      dialled.push(to)
      if (to.host !== 'bucket.inside') throw new DialError('name', `${to.host}: unknown in here`, { code: 'ENOTFOUND' })
      const { stream } = await dialSocket({ host: '127.0.0.1', port: bed.server.port }, options)
      const pipe = Duplex.from({ readable: stream, writable: stream })
      open.add(pipe)
      pipe.once('close', () => open.delete(pipe))
      return { stream: pipe, method: 'a pipe' }
    },
  }
}

const SPEC = { anonymous: { private: ['a'] }, cors: { origins: [APP] }, write: { multipart: true } }
const ALLOWED = { commands: false, writes: true }

describe('from elsewhere', () => {
  test('everything is asked there', async () => {
    const vantage = inside()
    const connection = { endpoint: 'http://bucket.inside:9000' }
    const { subjects } = await bed.see({ connection, spec: SPEC, vantage, allowed: ALLOWED, asserted: ['versioning'] })
    expect(subjects).toMatchObject({
      reachable: true,
      readable: true,
      versioning: 'off',
      private_readable: 0,
      cors: true,
      writable: true,
    })
    expect(new Set(vantage.dialled.map(({ host, port }) => `${host}:${port}`))).toEqual(new Set(['bucket.inside:9000']))
    expect(vantage.open.size).toBe(0)
  })

  test('a name that is unknown there is told as that', async () => {
    const { subjects, diagnoses } = await bed.see({ vantage: inside() })
    expect(subjects).toMatchObject({ reachable: false, failed_step: 'name' })
    expect(diagnoses.join()).toContain('unknown in here')
  })
})
