/** Rows against what the container sees: a bind mount it shares with the host, and its own layer, which the host has not. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type ContainerEngine,
  containerEngineStarts,
  startContainerEngine,
} from '../../../fixtures/servers/container-engine.js'
import { openConnections } from '../../../src/connections/connections.js'
import { connectionSchema } from '../../../src/connections/schema.js'
import { openers } from '../../support/openers.js'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { serverOrSkip } from '../../support/require-server.js'
import { see, type World } from './world.js'

serverOrSkip('docker', containerEngineStarts('docker'))('artifacts seen from a container', () => {
  let engine: ContainerEngine
  let database: TestDatabase
  let world: World
  let host: string
  beforeAll(async () => {
    engine = await startContainerEngine('docker')
    database = await createDatabase()
    host = join(engine.directory, 'uploads')
    mkdirSync(host)
    writeFileSync(join(host, 'shared.txt'), 'shared')
    engine.run('bound', { flags: [`--volume=${host}:${host}`] })
    // The same path, but nobody mounted the volume: what was written went into the layer of the container.
    engine.run('forgotten')
    engine.client('exec', 'forgotten', 'sh', '-c', `mkdir -p '${host}' && echo new >'${host}/new.txt'`)
    await database.client.query('create table files (path text)')
    await database.client.query("insert into files values ('shared.txt'), ('new.txt')")
    const connection = (spec: unknown) => connectionSchema.parse(spec)
    const connections = openConnections(
      {
        main: connection({ type: 'postgres', url: database.url }),
        uploads: connection({ type: 'files', root: host }),
        pinned: connection({ type: 'files', root: host, from: 'local' }),
      },
      { openers, env: engine.env, version: 'test', scratch: engine.directory },
    )
    world = { connections, scratch: engine.directory, close: () => connections.closeAll() }
  })
  afterAll(async () => {
    await world?.close()
    await database?.drop()
    await engine?.stop()
  })
  const check = (store: string) => ({ rows: { connection: 'main', sql: 'select path from files', key: 'path' }, store })
  const told = async (store: string, container?: string) => {
    const context = container === undefined ? {} : world.connections.seenFrom({ container })
    return (await see(world, check(store), { expect: { orphaned: 0 }, context })).told
  }

  it('is what the host sees where it is mounted', async () => {
    expect(await told('uploads')).toEqual(['missing new.txt'])
    expect(await told('uploads', 'bound')).toEqual(['missing new.txt'])
  })

  it('is its own layer where it is not', async () => {
    expect(await told('uploads', 'forgotten')).toEqual(['missing shared.txt'])
  })

  it('leaves a connection alone that names its own place', async () => {
    expect(await told('pinned', 'forgotten')).toEqual(['missing new.txt'])
  })

  it('is an error, not a green or a list of missing files, where the root is not there', async () => {
    engine.run('empty')
    await expect(told('uploads', 'empty')).rejects.toThrow(/does not exist/)
    await expect(told('uploads', 'nobody')).rejects.toThrow(/no such container/)
  })
})
