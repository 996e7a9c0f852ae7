/**
 * A manifest as bytes: entries ascending by key, of each key only what the one before does not begin with. Numbers are
 * written seven bits a byte, the lowest first. Pure.
 *
 *   shared · rest · bytes of the rest · size + 1, or 0 · mark [· length · bytes]
 */
import { DIGEST_ALGORITHMS } from '../../compare/digest.js'
import { CheckError } from '../../lib/errors.js'
import { type Key, keyFromLatin1 } from '../../lib/key.js'

export interface ManifestEntry {
  readonly key: Key
  readonly size: number | undefined
  /** `sha256:…`; empty: none was asked for; `!` and why there is none. */
  readonly digest: string
  /** It could not be taken for a file then, either. */
  readonly odd: boolean
}

const [NOTHING, PROBLEM, ODD] = [0, 16, 17] as const

const BLOCK = 64 * 1024

export interface ManifestWriter {
  /** Ascending. A block that is full, to be written before adding on. */
  readonly add: (entry: ManifestEntry) => Buffer | undefined
  readonly rest: () => Buffer
}

export function createManifestWriter(): ManifestWriter {
  let last = ''
  let bytes = Buffer.alloc(2 * BLOCK)
  let end = 0
  const number = (value: number): void => {
    let left = value
    for (; left >= 128; left = Math.floor(left / 128)) bytes[end++] = (left % 128) + 128
    bytes[end++] = left
  }
  const text = (value: string, encoding: 'latin1' | 'hex' | 'utf8'): void => {
    const length = Buffer.byteLength(value, encoding)
    reserve(length + 20)
    number(length)
    end += bytes.write(value, end, encoding)
  }
  const reserve = (more: number): void => {
    if (end + more <= bytes.length) return
    const larger = Buffer.alloc(2 * (end + more))
    bytes.copy(larger, 0, 0, end)
    bytes = larger
  }
  const taken = (): Buffer => {
    const block = Buffer.from(bytes.subarray(0, end))
    end = 0
    return block
  }
  return {
    add: ({ key, size, digest, odd }) => {
      const shared = sharedLength(last, key)
      last = key
      reserve(40)
      number(shared)
      text(key.slice(shared), 'latin1')
      number(size === undefined ? 0 : size + 1)
      const colon = digest.indexOf(':')
      if (odd) bytes[end++] = ODD
      else if (digest === '') bytes[end++] = NOTHING
      else if (digest.startsWith('!')) {
        bytes[end++] = PROBLEM
        text(digest.slice(1), 'utf8')
      } else {
        bytes[end++] = 1 + (DIGEST_ALGORITHMS as readonly string[]).indexOf(digest.slice(0, colon))
        text(digest.slice(colon + 1), 'hex')
      }
      return end >= BLOCK ? taken() : undefined
    },
    rest: taken,
  }
}

function sharedLength(one: string, other: string): number {
  const most = Math.min(one.length, other.length)
  let at = 0
  while (at < most && one.charCodeAt(at) === other.charCodeAt(at)) at++
  return at
}

/** Pages of what was written, however it was cut into chunks. Ends with a CheckError where it is no manifest. */
export async function* readManifestEntries(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly ManifestEntry[], void, void> {
  const reading = createReading()
  for await (const chunk of chunks) {
    const page = reading.take(chunk)
    if (page.length > 0) yield page
  }
  if (reading.left() > 0) throw new CheckError('the manifest in the record breaks off')
}

function createReading() {
  let bytes: Buffer = Buffer.alloc(0)
  let at = 0
  let last = keyFromLatin1('')
  /** Undefined where it is not all there. */
  const number = (): number | undefined => {
    let value = 0
    let factor = 1
    for (; at < bytes.length; factor *= 128) {
      const byte = bytes[at++] as number
      value += (byte % 128) * factor
      if (byte < 128) return value
    }
    return undefined
  }
  const text = (encoding: 'latin1' | 'hex' | 'utf8'): string | undefined => {
    const length = number()
    if (length === undefined || at + length > bytes.length) return undefined
    at += length
    return bytes.toString(encoding, at - length, at)
  }
  const next = (): ManifestEntry | undefined => {
    const shared = number()
    const rest = text('latin1')
    const size = number()
    if (shared === undefined || rest === undefined || size === undefined || at === bytes.length) return undefined
    const mark = bytes[at++] as number
    const algorithm = DIGEST_ALGORITHMS[mark - 1]
    const told = algorithm === undefined ? (mark === PROBLEM ? text('utf8') : '') : text('hex')
    if (told === undefined) return undefined
    const key = keyFromLatin1(last.slice(0, shared) + rest)
    if (key <= last && last !== '') throw new CheckError('the manifest in the record does not ascend')
    last = key
    const digest = algorithm === undefined ? (mark === PROBLEM ? `!${told}` : '') : `${algorithm}:${told}`
    return { key, size: size === 0 ? undefined : size - 1, digest, odd: mark === ODD }
  }
  return {
    take: (chunk: Uint8Array): readonly ManifestEntry[] => {
      const more = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      bytes = at === bytes.length ? more : Buffer.concat([bytes.subarray(at), more])
      at = 0
      const page: ManifestEntry[] = []
      for (;;) {
        const from = at
        const entry = next()
        if (entry === undefined) {
          at = from
          return page
        }
        page.push(entry)
      }
    },
    left: () => bytes.length - at,
  }
}
