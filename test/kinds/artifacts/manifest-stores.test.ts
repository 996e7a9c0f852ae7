// Objects that are recorded in one store and held against their manifest in another, of the same kind or not.
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { byDirectory } from '../../../fixtures/servers/s3.js'
import { holdAgainst, take } from '../../snapshot/record.js'
import { listen } from '../../stores/listen.js'
import { directoryOf } from '../../support/run-cli.js'
import { s3 } from '../../support/s3.js'
import { createTree } from './tree.js'

let store: Awaited<ReturnType<typeof s3>>
let place: ReturnType<typeof directoryOf>
let old: string
let moved: string
let count = 0

beforeAll(async () => {
  store = await s3({ pageSize: 5, defaultChecksum: 'none' })
})
afterAll(() => store.stop())
beforeEach(() => {
  place = directoryOf()
  old = `old-${count}`
  moved = `new-${count++}`
  for (const bucket of [old, moved]) store.server.bucket(bucket)
})
afterEach(() => {
  store.server.endPlays()
  store.server.forgetRequests()
  place.remove()
})

const SHA256 = { checksum: { algorithm: 'SHA256', type: 'FULL_OBJECT' } } as const
const KEYS = ['a-b/f', 'a/f', 'a.c', 'ä/😀', 'x%20y', 'new\nline', ...Array.from({ length: 14 }, (_, n) => `img/${n}`)]

function put(bucket: string, keys: readonly string[], set: Parameters<typeof store.server.put>[3] = {}): void {
  for (const key of keys) store.server.put(bucket, key, `of ${key}`, set)
}

const bucketOf = (name: string) => {
  const { endpoint, region, accessKey, secretKey } = store.server
  return `{ type: s3, bucket: ${name}, endpoint: "${endpoint}", region: ${region}, path_style: true, access_key: ${accessKey}, secret_key: ${secretKey} }`
}

function checks(media: string, fields: string): void {
  writeFileSync(
    join(place.path, 'postflight.yaml'),
    `version: 1
name: shop
connections: { media: ${media} }
defaults: { owner: team-shop, severity: high, remediation: Copy them. }
checks:
  - { id: kept, kind: artifacts, store: media, ${fields} }
`,
  )
}

const here = () => ({ cwd: place.path, env: {} })

async function recorded(fields: string) {
  checks(bucketOf(old), fields)
  return take(here(), { force: true })
}

async function held(fields: string, media = bucketOf(moved)) {
  checks(media, fields)
  const { ends, findings } = await holdAgainst(here())
  return { end: ends['kept'], told: (findings['kept'] ?? []).map((one) => `${one.finding} ${one.key}`) }
}

const asked = (operation: string) => store.server.requests().filter((one) => one.operation === operation).length
const NAMES = 'manifest: {}'
const KNOWN = 'manifest: { checksum: known }, verify: { checksum: all }'

describe('a bucket that was copied', () => {
  it('is as it was recorded, from pages of a listing alone', async () => {
    for (const bucket of [old, moved]) put(bucket, KEYS)
    expect((await recorded(NAMES)).code).toBe(0)
    expect(await held(NAMES)).toMatchObject({ end: { outcome: 'pass', subjects: { matched: KEYS.length } }, told: [] })
    expect(asked('GetObject') + asked('HeadObject')).toBe(0)
  })

  it('lacks what it lacks', async () => {
    put(old, KEYS)
    put(moved, KEYS.slice(1))
    store.server.put(moved, 'img/3', 'of something else')
    await recorded(NAMES)
    expect((await held(NAMES)).told.toSorted()).toEqual(['missing a-b/f', 'size_mismatch img/3'])
  })

  it('is held against the checksums that both know, and nothing is read', async () => {
    for (const bucket of [old, moved]) put(bucket, KEYS, SHA256)
    store.server.put(moved, 'img/3', 'OF img/3', SHA256)
    expect((await recorded(KNOWN)).code).toBe(0)
    expect((await held(KNOWN)).told).toEqual(['checksum_mismatch img/3'])
    expect(asked('GetObject')).toBe(0)
  })

  it('is read where only one of them knows it', async () => {
    put(old, ['a'], SHA256)
    put(moved, ['a'])
    await recorded(KNOWN)
    expect(await held(KNOWN)).toMatchObject({ end: { outcome: 'pass', subjects: { verified: 1 } } })
    expect(asked('GetObject')).toBe(1)
  })

  it('has no checksum where an ETag only may be one, and the record says so', async () => {
    for (const bucket of [old, moved]) put(bucket, ['a'], { etag: createHash('md5').update('x').digest('hex') })
    const taken = await recorded(KNOWN)
    expect(taken.code).toBe(3)
    expect(JSON.parse(taken.stdout).unobserved).toMatchObject([
      { check: 'kept', subject: 'verified', reason: expect.stringContaining('knew no checksum of it for sure') },
    ])
    expect(await held(KNOWN)).toMatchObject({ end: { outcome: 'error' }, told: ['unverifiable a'] })
  })

  it('that does not list in byte order is recorded in it', async () => {
    for (const bucket of [old, moved]) put(bucket, KEYS)
    store.server.play(byDirectory())
    await recorded(NAMES)
    store.server.endPlays()
    expect(await held(NAMES)).toMatchObject({ end: { outcome: 'pass' } })
  })
})

describe('a bucket that moved to', () => {
  it('a directory has its contents', async () => {
    const contents = 'manifest: { checksum: sha256 }, verify: { checksum: all }'
    put(old, ['a', 'd/b', 'd/c'])
    const tree = createTree({ a: 'of a', 'd/b': 'of d/b', 'd/c': 'of d/x' })
    try {
      expect((await recorded(contents)).code).toBe(0)
      expect((await held(contents, `{ type: files, root: ${tree.root} }`)).told).toEqual(['checksum_mismatch d/c'])
    } finally {
      tree.remove()
    }
  })

  it('a web server is asked for key by key, and nothing is said of what is new there', async () => {
    put(old, ['a', 'd/b', 'd/c'])
    await recorded(NAMES)
    const web = await listen(
      createServer(({ url = '' }, answer) => {
        if (url !== '/a' && url !== '/d/b') answer.writeHead(404).end()
        else answer.writeHead(200, { 'content-length': `of ${url.slice(1)}`.length }).end()
      }),
    )
    try {
      const seen = await held(NAMES, `{ type: http, url: "${web.origin}/" }`)
      expect(seen.told).toEqual(['missing d/c'])
      expect(seen.end).toMatchObject({
        outcome: 'fail',
        unobserved: { orphaned: expect.stringContaining('cannot be listed') },
      })
    } finally {
      await web.close()
    }
  })
})

describe('what cannot be recorded', () => {
  it('a web server, which cannot be listed', async () => {
    checks('{ type: http, url: "http://127.0.0.1:9/" }', NAMES)
    const taken = await take(here())
    expect(taken.code).toBe(3)
    expect(taken.stdout).toContain('cannot be listed, so there is no manifest of it')
  })

  it('a checksum of its own from a directory, which knows none', async () => {
    const tree = createTree({ a: 'x' })
    try {
      checks(`{ type: files, root: ${tree.root} }`, KNOWN)
      expect((await take(here())).stdout).toContain('knows no checksums by itself')
    } finally {
      tree.remove()
    }
  })

  it('a bucket that is not there', async () => {
    checks(bucketOf('nowhere'), NAMES)
    expect((await take(here())).code).toBe(3)
  })
})
