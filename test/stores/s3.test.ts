import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  archived,
  connectionReset,
  expiredCredentials,
  forbidden,
  type Play,
  slowDown,
  stuckToken,
  truncatedList,
  truncatedWithoutToken,
} from '../../fixtures/servers/s3.js'
import { connectionSchema, type S3Spec } from '../../src/connections/schema.js'
import { keyFromText } from '../../src/lib/key.js'
import { connectS3 } from '../../src/stores/s3/client.js'
import { listBucket } from '../../src/stores/s3/list.js'
import { type Store, StoreError } from '../../src/stores/store.js'
import { type Bed, HELLO, LIMITED, listed, open, openBed, signal, stat } from './s3-bed.js'

let bed: Bed
beforeAll(async () => {
  bed = await openBed()
})
afterEach(() => bed.tidy())
afterAll(() => bed.stop())

describe('what a store that cannot be used says', () => {
  const cases: readonly { name: string; set: Record<string, unknown>; code: string; says: RegExp }[] = [
    { name: 'no such bucket', set: { bucket: 'nothing-here' }, code: 'absent', says: /no such bucket/ },
    { name: 'an unknown access key', set: { access_key: 'AKWRONG' }, code: 'forbidden', says: /wrong credentials/ },
    { name: 'a wrong secret', set: { secret_key: 'not-it' }, code: 'forbidden', says: /wrong credentials/ },
    {
      name: 'no right to list',
      set: LIMITED,
      code: 'forbidden',
      says: /s3:ListBucket/,
    },
    { name: 'nobody there', set: { endpoint: 'http://127.0.0.1:1' }, code: 'unavailable', says: /ECONNREFUSED/ },
  ]
  it.each(cases)('$name', async ({ set, code, says }) => {
    const store = bed.storeOf(set)
    const refused = { code, message: expect.stringMatching(says) }
    await expect(store.probe({ signal })).rejects.toMatchObject(refused)
    await expect(listed(store)).rejects.toMatchObject(refused)
    const error = await listed(store).catch((cause: unknown) => cause)
    expect(String(error)).toContain(store.label)
    expect(String(error)).not.toMatch(/not-it|limited-secret/)
  })

  it('half a pair of credentials is a mistake of the check file', async () => {
    await expect(bed.storeOf({ secret_key: undefined }).probe({ signal })).rejects.toMatchObject({ name: 'UsageError' })
  })

  it('another region is named', async () => {
    const headers = { 'x-amz-bucket-region': 'eu-west-9' }
    bed.server.play({ effect: { type: 'error', status: 301, code: 'PermanentRedirect', headers } })
    await expect(bed.storeOf().probe({ signal })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('eu-west-9'),
      hint: 'set region: eu-west-9',
    })
  })
})

describe('credentials', () => {
  const none = { access_key: undefined, secret_key: undefined }

  it('come from the environment that is handed in', async () => {
    const env = { AWS_ACCESS_KEY_ID: bed.server.accessKey, AWS_SECRET_ACCESS_KEY: bed.server.secretKey }
    await bed.storeOf(none, env).probe({ signal })
  })

  it('of the connection win over the environment', async () => {
    await bed.storeOf({}, { AWS_ACCESS_KEY_ID: 'AKWRONG', AWS_SECRET_ACCESS_KEY: 'wrong' }).probe({ signal })
  })
})

describe('a listing that is not whole is never taken for one', () => {
  const rewrite = (change: (xml: string) => string): Play => ({
    operations: ['ListObjectsV2'],
    effect: { type: 'rewrite', change },
  })
  const cases: readonly { name: string; play: Play; says: RegExp }[] = [
    { name: 'XML that ends in the middle', play: truncatedList(), says: /cut short/ },
    { name: 'more announced, without a token', play: truncatedWithoutToken(), says: /no token/ },
    { name: 'the same page again and again', play: stuckToken(), says: /again and again/ },
    { name: 'a page of the web', play: rewrite(() => '<html><body>Sign in</body></html>'), says: /not a listing/ },
    { name: 'no answer body', play: rewrite(() => ''), says: /not a listing/ },
    {
      name: 'fewer keys than were counted',
      play: rewrite((xml) => xml.replace(/<Contents>.*?<\/Contents>/s, '')),
      says: /4 keys were promised, 3 came/,
    },
  ]
  it.each(cases)('$name', async ({ play, says }) => {
    bed.server.play(play)
    await expect(listed(bed.storeOf())).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(says),
    })
  })
})

describe('faults that pass', () => {
  it.each([
    ['503 SlowDown', slowDown(2)],
    ['a reset connection', connectionReset(2)],
  ])('%s is tried again', async (_, play) => {
    bed.server.play(play)
    expect(await listed(bed.storeOf())).toHaveLength(4)
  })

  describe('do not go on for ever: a bucket that refuses for a minute is given up', () => {
    const refused = {
      code: 'unavailable',
      message: expect.stringMatching(/all requests were in vain for \d+ s: HTTP 503/),
    }
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
      bed.server.play(slowDown(1000))
    })
    afterEach(() => {
      vi.useRealTimers()
    })

    it('key by key, without asking any more', async () => {
      const store = bed.storeOf()
      for (let tried = 0; tried < 3; tried++) {
        await expect(stat(store, 'hello.txt')).rejects.toThrow('HTTP 503')
        vi.setSystemTime(Date.now() + 31_000)
      }
      // A while ago it was, so it is asked again; that too is in vain.
      await expect(stat(store, 'hello.txt')).rejects.toThrow('HTTP 503')
      bed.server.forgetRequests()
      await expect(stat(store, 'other')).rejects.toMatchObject(refused)
      await expect(open(store, 'other')).rejects.toMatchObject(refused)
      expect(bed.server.requests()).toEqual([])
    }, 20_000)

    it('page by page', async () => {
      const vain: string[] = []
      const patience = {
        check: () => {
          if (vain.length === 2) throw new StoreError('unavailable', `in vain: ${vain.join()}`)
        },
        answered: () => vain.splice(0),
        inVain: (_: number, why: string) => vain.push(why),
      }
      const whole = { label: 'media', bucket: 'media', prefix: keyFromText(''), limit: 4 }
      const bucket = { ...whole, ordered: true, directory: false, aws: false, requesterPays: false }
      const { endpoint, accessKey: access_key, secretKey: secret_key } = bed.server
      const spec = { type: 's3', bucket: 'media', endpoint, path_style: true, access_key, secret_key }
      const s3 = await connectS3('media', connectionSchema.parse(spec) as S3Spec, {}, { attempts: 1 })
      const pages = async () => {
        for await (const { ends } of listBucket(s3, bucket, { signal }, patience)) if (ends.length === 0) return
      }
      await expect(pages()).rejects.toThrow('in vain: HTTP 503 SlowDown,HTTP 503 SlowDown')
      bed.server.endPlays()
      vain.pop()
      await pages()
      expect(vain).toEqual([])
      s3.client.destroy()
    }, 20_000)
  })

  it('a server that goes on failing is unavailable', async () => {
    bed.server.play({ effect: { type: 'error', status: 500, code: 'InternalError' } })
    await expect(listed(bed.storeOf())).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/HTTP 500 InternalError/),
    })
  })
})

describe('entries', () => {
  it('tell a directory placeholder from an artifact', async () => {
    const store = bed.storeOf()
    const found = (await listed(store)).map(({ key, size, placeholder }) => ({ key, size, placeholder }))
    expect(found).toEqual([
      { key: 'folder/', size: 0, placeholder: true },
      { key: 'folder/not a placeholder/', size: 1, placeholder: undefined },
      { key: 'folder/zero', size: 0, placeholder: undefined },
      { key: 'hello.txt', size: 5, placeholder: undefined },
    ])
    expect(await stat(store, 'folder/')).toMatchObject({ placeholder: true })
  })

  it('have the same time whenever they are asked for, though answers tell the time in whole seconds', async () => {
    const store = bed.storeOf()
    const told = async () => (await stat(store, 'hello.txt'))?.modified
    const first = await told()
    for (const pause of [0, 130, 270]) {
      await setTimeout(pause)
      expect(await told()).toBe(first)
      expect((await listed(store)).find(({ key }) => key === 'hello.txt')?.modified).toBe(first)
    }
  })

  it('in the archive are there, and cannot be read', async () => {
    bed.server.play(archived('hello.txt'))
    const store = bed.storeOf()
    expect((await listed(store)).find(({ key }) => key === 'hello.txt')).toMatchObject({ size: 5, archived: 'GLACIER' })
    expect(await stat(store, 'hello.txt')).toMatchObject({ size: 5, archived: 'GLACIER' })
    await expect(open(store, 'hello.txt')).rejects.toMatchObject({ code: 'unreadable' })
  })

  it('brought back from the archive are ordinary ones', async () => {
    bed.server.play(archived('hello.txt', true))
    expect((await bed.storeOf().stat(keyFromText('hello.txt'), { facts: true, signal }))?.facts).toMatchObject({
      etag: '5d41402abc4b2a76b9719d911017c592',
      storage_class: 'GLACIER',
      restore: 'ongoing-request="false"',
    })
    expect((await stat(bed.storeOf(), 'hello.txt'))?.archived).toBeUndefined()
  })

  it('that may not be seen are an error, which says that they may be missing', async () => {
    bed.server.play(forbidden('hello.txt'))
    await expect(stat(bed.storeOf(), 'hello.txt')).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringMatching(/"hello.txt".*s3:GetObject.*s3:ListBucket/),
    })
    await expect(open(bed.storeOf(), 'hello.txt')).rejects.toMatchObject({ code: 'forbidden' })
    bed.server.endPlays()
    const limited = bed.storeOf(LIMITED)
    expect(await stat(limited, 'hello.txt')).toMatchObject({ size: 5 })
    await expect(stat(limited, 'missing')).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('are out of sight, and no more than that, where credentials have expired', async () => {
    bed.server.play(expiredCredentials(0))
    const refused = { code: 'unavailable', message: expect.stringMatching(/have expired \(ExpiredToken\)/) }
    await expect(stat(bed.storeOf(), 'hello.txt')).rejects.toMatchObject(refused)
    await expect(stat(bed.storeOf(), 'missing', true)).rejects.toMatchObject(refused)
    await expect(open(bed.storeOf(), 'hello.txt')).rejects.toMatchObject(refused)
    await expect(listed(bed.storeOf())).rejects.toMatchObject(refused)
  })

  it('with a key of the customer are unreadable, not missing', async () => {
    bed.server.play({ key: 'hello.txt', effect: { type: 'error', status: 400, code: 'InvalidRequest' } })
    await expect(stat(bed.storeOf(), 'hello.txt')).rejects.toMatchObject({ code: 'unreadable' })
  })
})

describe('what was deleted in a versioned bucket', () => {
  const remove = async (Key: string) => {
    const { DeleteObjectCommand } = await import('@aws-sdk/client-s3')
    await bed.client.send(new DeleteObjectCommand({ Bucket: 'versioned', Key }))
  }
  const historyOf = (store: Store, key: string) => store.history?.(keyFromText(key), { signal })
  beforeAll(() => bed.server.bucket('versioned', { versioning: 'Enabled' }))

  it('is absent', async () => {
    bed.server.put('versioned', 'gone', HELLO)
    await remove('gone')
    const store = bed.storeOf({ bucket: 'versioned' })
    expect((await listed(store)).map(({ key }) => key)).not.toContain('gone')
    expect(await stat(store, 'gone')).toBeUndefined()
  })

  it('has a time, and a version to be had back, by one request', async () => {
    const { GetObjectCommand } = await import('@aws-sdk/client-s3')
    const [key, prefix] = ['a b+c%20/é', 'kept/']
    for (const content of ['first', HELLO]) bed.server.put('versioned', prefix + key, content)
    bed.server.put('versioned', `${prefix}${key}.longer`, 'another')
    await remove(prefix + key)
    bed.server.forgetRequests()
    const found = await historyOf(bed.storeOf({ bucket: 'versioned', prefix }), key)
    expect(bed.server.requests()).toHaveLength(1)
    expect(Math.abs((found?.deletedAt ?? 0) - Date.now())).toBeLessThan(60_000)
    const input = { Bucket: 'versioned', Key: prefix + key, VersionId: found?.recoverableVersion }
    const { Body } = await bed.client.send(new GetObjectCommand(input))
    expect(await Body?.transformToString()).toBe(HELLO)
  })

  it.each([
    ['never was there', 'never'],
    ['is there', 'there'],
    ['only begins as one that was deleted', 'begin'],
    ['cannot be the key of an object', ''],
  ])('of a key that %s nothing is told', async (_, key) => {
    bed.server.put('versioned', 'there', HELLO)
    bed.server.put('versioned', 'beginning', HELLO)
    await remove('beginning')
    expect(await historyOf(bed.storeOf({ bucket: 'versioned' }), key)).toBeUndefined()
  })

  it('without a version that is left can only be told deleted', async () => {
    await remove('empty')
    const found = await historyOf(bed.storeOf({ bucket: 'versioned' }), 'empty')
    expect(found).toEqual({ deletedAt: expect.any(Number), recoverableVersion: undefined })
  })

  it('is an error where versions may not be listed, and nothing where there are none', async () => {
    const play = (status: number, code: string) =>
      bed.server.play({ operations: ['ListObjectVersions'], times: 1, effect: { type: 'error', status, code } })
    play(403, 'AccessDenied')
    await expect(historyOf(bed.storeOf({ bucket: 'versioned' }), 'gone')).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('s3:ListBucketVersions'),
    })
    play(501, 'NotImplemented')
    expect(await historyOf(bed.storeOf({ bucket: 'versioned' }), 'gone')).toBeUndefined()
  })
})
