/** An S3 bucket, or the part of it below a prefix, as a store. */
import { addAbortSignal, Readable } from 'node:stream'
import type { S3Spec } from '../../connections/schema.js'
import { type Key, keyFromLatin1, keyFromText, keyToText } from '../../lib/key.js'
import { pageOf } from '../packed.js'
import { type Entry, type StatOptions, type Store, StoreError } from '../store.js'
import { connectS3, createClock, type Environment, isAws, type S3 } from './client.js'
import { byOurClock, entryOfHead, factsOfHead, pageByOurClock } from './entries.js'
import { EXPIRED, httpStatus, inVain, type Operation, parts, s3Error } from './errors.js'
import { historyOf } from './history.js'
import { sendable } from './keys.js'
import { type Bucket, firstOfBucket, listBucket } from './list.js'
import { createPatience } from './patience.js'

interface Connected extends S3 {
  /** Milliseconds that the store's clock is ahead of ours. */
  readonly ahead: () => number
}

export function createS3Store(name: string, spec: S3Spec, env: Environment): Store {
  const host = spec.endpoint === undefined ? undefined : new URL(spec.endpoint).host
  const label = `${name} (s3://${spec.bucket}/${spec.prefix}${host === undefined ? '' : ` at ${host}`})`
  const directory = spec.bucket.endsWith('--x-s3')
  const bucket: Bucket = {
    label,
    bucket: spec.bucket,
    prefix: keyFromText(spec.prefix),
    ordered: spec.order === 'bytes' && !directory,
    directory,
    aws: isAws(spec.endpoint),
    requesterPays: spec.requester_pays,
    limit: spec.limit,
  }
  const etags = directory ? 'never' : bucket.aws ? 'md5' : 'likely'
  const payer = spec.requester_pays ? ({ RequestPayer: 'requester' } as const) : {}
  let connecting: Promise<Connected> | undefined
  const connect = (): Promise<Connected> => {
    connecting ??= connectS3(name, spec, env).then((s3) => ({ ...s3, ahead: createClock(s3) }))
    return connecting
  }
  const where = (key: Key): string => `${label} ${JSON.stringify(keyToText(key))}`
  const patience = createPatience(label, Date.now)
  const guarded = async <T>(place: string, operation: Operation, signal: AbortSignal, work: () => Promise<T>) => {
    signal.throwIfAborted()
    patience.check()
    const sent = Date.now()
    try {
      const result = await work()
      patience.answered()
      return result
    } catch (cause) {
      signal.throwIfAborted()
      const why = inVain(cause)
      if (why === undefined) patience.answered()
      else patience.inVain(sent, why)
      throw s3Error(place, operation, cause)
    }
  }
  const head = async (
    key: Key,
    text: string,
    { digests = false, facts = false, signal }: StatOptions,
  ): Promise<Entry> => {
    const { sdk, client, ahead } = await connect()
    const input = { Bucket: spec.bucket, Key: text, ...payer }
    const ask = async (checksums: boolean) => {
      const mode = checksums ? ({ ChecksumMode: 'ENABLED' } as const) : {}
      return client.send(new sdk.HeadObjectCommand({ ...input, ...mode }), { abortSignal: signal })
    }
    const answer = await ask(digests).catch((cause: unknown) => {
      // Checksums of KMS objects need kms:Decrypt, and some servers refuse to be asked for any.
      if (digests && [400, 403, 501].includes(httpStatus(cause) ?? 0)) return ask(false)
      throw cause
    })
    const { digests: found, unsure, ...told } = byOurClock(entryOfHead(key, answer, etags), ahead())
    const entry = facts ? { ...told, facts: factsOfHead(answer) } : told
    if (!digests || found === undefined) return entry
    return { ...entry, digests: found, ...(unsure === undefined ? {} : { unsure }) }
  }
  /** An answer to HEAD has no body to say why it was refused: one to GET has. */
  const throwIfExpired = async (Key: string, abortSignal: AbortSignal): Promise<void> => {
    const { sdk, client } = await connect()
    const command = new sdk.GetObjectCommand({ Bucket: spec.bucket, Key, Range: 'bytes=0-0', ...payer })
    const { Body } = await client.send(command, { abortSignal }).catch((cause: unknown) => {
      if (EXPIRED.has(parts(cause).name)) throw cause
      return { Body: undefined }
    })
    if (Body instanceof Readable) Body.destroy()
  }

  return {
    label,
    features: {
      list: true,
      order: bucket.ordered ? 'promised' : 'none',
      size: true,
      dated: true,
      splits: bucket.ordered,
      ranges: true,
      digests: true,
    },
    probe: ({ signal }) =>
      guarded(label, 'list', signal, async () => {
        const { sdk, client } = await connect()
        const prefix = spec.prefix === '' ? {} : { Prefix: spec.prefix }
        const command = new sdk.ListObjectsV2Command({
          Bucket: spec.bucket,
          MaxKeys: 1,
          EncodingType: 'url',
          ...prefix,
          ...payer,
        })
        const answer = await client.send(command, { abortSignal: signal })
        if (answer.IsTruncated === undefined) throw new StoreError('unavailable', `${label}: not an S3 server`)
      }),
    refuse: () => undefined,
    list: async function* (options) {
      options.signal.throwIfAborted()
      try {
        const listed = options.sorted === false ? { ...bucket, ordered: false } : bucket
        const s3 = await connect()
        for await (const page of listBucket(s3, listed, options, patience)) {
          yield pageOf(pageByOurClock(page, s3.ahead()))
        }
      } catch (cause) {
        options.signal.throwIfAborted()
        throw s3Error(label, 'list', cause)
      }
    },
    extent: (options) =>
      guarded(label, 'list', options.signal, async () => firstOfBucket(await connect(), bucket, options)),
    stat: (key, options) =>
      guarded(where(key), 'stat', options.signal, async () => {
        const text = key === '' ? undefined : sendable(keyFromLatin1(bucket.prefix + key))
        if (text === undefined) return undefined
        return head(key, text, options).catch(async (cause: unknown) => {
          if (httpStatus(cause) === 404) return undefined
          if (httpStatus(cause) === 400) await throwIfExpired(text, options.signal)
          throw cause
        })
      }),
    ...(!directory
      ? {
          history: (key, { signal }) =>
            guarded(where(key), 'history', signal, async () => {
              const full = keyFromLatin1(bucket.prefix + key)
              const text = sendable(full)
              return text === undefined ? undefined : historyOf(await connect(), bucket, full, text, signal)
            }),
        }
      : {}),
    open: (key, { range, signal }) =>
      guarded(where(key), 'open', signal, async () => {
        const text = sendable(keyFromLatin1(bucket.prefix + key))
        if (text === undefined) throw new StoreError('absent', `${where(key)} cannot be the key of an object`)
        const { sdk, client } = await connect()
        const part = range === undefined ? {} : { Range: `bytes=${range.start}-${range.end - 1}` }
        const command = new sdk.GetObjectCommand({ Bucket: spec.bucket, Key: text, ...part, ...payer })
        const { Body } = await client.send(command, { abortSignal: signal }).catch((cause: unknown) => {
          // The range lies behind the end.
          if (range !== undefined && httpStatus(cause) === 416) return { Body: undefined }
          throw cause
        })
        return Body instanceof Readable ? addAbortSignal(signal, Body) : Readable.from([])
      }),
    close: async () => {
      const opened = await connecting?.catch(() => undefined)
      connecting = undefined
      opened?.client.destroy()
    },
  }
}
