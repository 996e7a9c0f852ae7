import { tmpdir } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'
import { openConnections } from '../../src/connections/connections.js'
import { type ConnectionSpec, connectionSchema } from '../../src/connections/schema.js'
import { openers } from '../support/openers.js'
import { createDatabase } from '../support/postgres.js'

const parse = (spec: object): ConnectionSpec => connectionSchema.parse(spec)
const specs: Record<string, ConnectionSpec> = {
  uploads: parse({ type: 'files', root: tmpdir() }),
  media: parse({ type: 's3', bucket: 'media', access_key: 'a', secret_key: 'b' }),
  cdn: parse({ type: 'http', url: 'https://cdn.example.net/', limit: 3 }),
  main: parse({ type: 'postgres', url: 'postgresql://nobody@127.0.0.1:1/none' }),
}
const options = { openers, env: {}, version: '0.0.0', scratch: tmpdir() }

let connections = openConnections(specs, options)
afterEach(async () => {
  await connections.closeAll()
  connections = openConnections(specs, options)
})

it.each(['postgres', 'redis', 'ssh'])('takes the port of %s as it comes from the environment', (type) => {
  expect(parse({ type, host: 'h', port: '5433' })).toMatchObject({ port: 5433 })
  for (const port of ['0', '65536', 'x']) expect(() => parse({ type, host: 'h', port })).toThrow('a port is a number')
})

describe('openConnections', () => {
  it.each(['uploads', 'media', 'cdn'])('opens the store %s once', (name) => {
    expect(connections.store(name)).toBe(connections.store(name))
    expect(connections.store(name).label).toContain(name)
  })

  it('opens a database once, and connects only when it is used', () => {
    expect(connections.postgres('main')).toBe(connections.postgres('main'))
  })

  it('connects to a real database', async () => {
    const database = await createDatabase()
    const own = openConnections({ db: parse({ type: 'postgres', url: database.url }) }, options)
    try {
      const { signal } = new AbortController()
      const query = { text: 'select current_database()' }
      const { rows } = await own.postgres('db').withSession({ signal }, (session) => session.query(query))
      expect(rows).toEqual([[database.name]])
    } finally {
      await own.closeAll()
      await database.drop()
    }
  })

  it.each([
    [() => connections.store('main'), /"main" is of type postgres, but a store/],
    [() => connections.postgres('uploads'), /"uploads" is of type files, but a postgres database/],
    [() => connections.store('nothing'), /no connection "nothing"/],
    [() => connections.limit('toString'), /no connection "toString"/],
  ])('refuses what is not there or of another type, case %#', (ask, message) => {
    expect(ask).toThrow(expect.objectContaining({ name: 'UsageError', message: expect.stringMatching(message) }))
  })

  it('knows the limits', () => {
    expect(['uploads', 'media', 'cdn', 'main'].map((name) => connections.limit(name))).toEqual([32, 16, 3, 2])
  })

  it('closes everything, again if asked, and opens anew afterwards', async () => {
    const before = connections.store('media')
    await connections.closeAll()
    await connections.closeAll()
    expect(connections.store('media')).not.toBe(before)
  })
})
