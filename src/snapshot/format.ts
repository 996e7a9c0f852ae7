/**
 * A record as bytes: three lines that say what follows, then compressed JSON whose keys are sorted, so that the same
 * record is the same file. The digest is over all but itself, the signature over the first line and the JSON. What is too
 * large for JSON lies behind it, in parts of which the JSON has the digests: so both are over the parts as well.
 *
 *   postflight snapshot 1
 *   <bytes of the record> sha256 <digest>
 *   unsigned | ed25519 <signature>
 */
import { createHash, type KeyObject, sign, verify } from 'node:crypto'
import { deflateSync, inflateSync } from 'node:zlib'
import type { Json } from '../lib/value.js'

export const SNAPSHOT_VERSION = 1

const NAME = 'postflight snapshot '
const FIRST = `${NAME}${SNAPSHOT_VERSION}\n`
/** Nothing of ours comes near it, and less would be swallowed by a file made to unfold. */
const MOST_BYTES = 2 ** 30

export interface Encoded {
  readonly bytes: Buffer
  readonly sha256: string
}

/** `key`: private, of Ed25519. */
export function encode(value: unknown, key?: KeyObject): Encoded {
  const body = deflateSync(Buffer.from(canonicalJson(value)), { level: 9 })
  const signature = key === undefined ? undefined : sign(null, signedPart(body), key)
  const third = signature === undefined ? UNSIGNED : `${SIGNED}${signature.toString('base64')}\n`
  const rest = Buffer.concat([Buffer.from(third), body])
  const sha256 = digestOf(rest)
  return { bytes: Buffer.concat([Buffer.from(`${FIRST}${rest.length} sha256 ${sha256}\n`), rest]), sha256 }
}

export type Decoded =
  | { readonly value: unknown; readonly sha256: string; readonly signed: 'no' | 'not checked' | 'checked' }
  /** Why it cannot be used, as the end of a sentence that begins with its name. */
  | { readonly wrong: string }

/** `key`: public, of Ed25519; with one, only what was signed with its other half is taken. */
export function decode(bytes: Buffer, key?: KeyObject): Decoded {
  const lines = headOf(bytes)
  if ('wrong' in lines) return lines
  const { length, sha256, rest } = lines
  if (rest.length < length) return { wrong: `was cut short: ${rest.length} of ${length} bytes are there` }
  if (rest.length > length || digestOf(rest) !== sha256)
    return { wrong: 'was altered or damaged: its content does not have the digest it was written with' }
  const end = rest.indexOf(10) + 1
  const third = rest.toString('latin1', 0, end)
  const body = rest.subarray(end)
  const signature = third.startsWith(SIGNED) ? Buffer.from(third.slice(SIGNED.length), 'base64') : undefined
  if (signature === undefined && third !== UNSIGNED) return NO_SNAPSHOT
  if (key !== undefined && signature === undefined) return { wrong: 'is not signed, and --verify-key asks for it' }
  if (key !== undefined && !verify(null, signedPart(body), key, signature ?? Buffer.alloc(0)))
    return { wrong: 'was not signed with the other half of this key' }
  const value = unfolded(body)
  if (value === undefined) return NO_SNAPSHOT
  return { value, sha256, signed: signature === undefined ? 'no' : key === undefined ? 'not checked' : 'checked' }
}

/** As many bytes as the first lines are looked for in. */
export const HEAD_BYTES = 200

/** How many bytes of a file that begins so are the record, its first lines included; undefined where it is none. */
export function recordBytes(head: Buffer): number | undefined {
  const lines = headOf(head)
  return 'wrong' in lines ? undefined : head.length - lines.rest.length + lines.length
}

const UNSIGNED = 'unsigned\n'
const SIGNED = 'ed25519 '
const NO_SNAPSHOT = { wrong: 'is not a record that postflight snapshot has written' } as const

function headOf(
  bytes: Buffer,
): { readonly length: number; readonly sha256: string; readonly rest: Buffer } | { readonly wrong: string } {
  if (bytes.length === 0) return { wrong: 'is empty' }
  const head = bytes.toString('latin1', 0, HEAD_BYTES)
  const whole = /^postflight snapshot (\d{1,9})\n(\d{1,12}) sha256 ([0-9a-f]{64})\n/.exec(head)
  const version = /^postflight snapshot (\d{1,9})\n/.exec(head)?.[1]
  if (version !== undefined && version !== String(SNAPSHOT_VERSION))
    return {
      wrong:
        Number(version) > SNAPSHOT_VERSION
          ? `was written by a newer postflight: it is of version ${version}, and this one reads version ${SNAPSHOT_VERSION}`
          : `is of version ${version}, which this postflight does not read`,
    }
  if (whole === null) {
    const short = bytes.length < 120 && (head.startsWith(FIRST) || NAME.startsWith(head) || FIRST.startsWith(head))
    return short ? { wrong: 'was cut short within its first lines' } : NO_SNAPSHOT
  }
  const [lines, , length, sha256 = ''] = whole
  return { length: Number(length), sha256, rest: bytes.subarray(lines.length) }
}

function digestOf(rest: Buffer): string {
  return createHash('sha256').update(FIRST).update(rest).digest('hex')
}

function signedPart(body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(FIRST), body])
}

function unfolded(body: Buffer): unknown {
  try {
    return JSON.parse(inflateSync(body, { maxOutputLength: MOST_BYTES }).toString('utf8'))
  } catch {
    return undefined
  }
}

/** JSON whose keys are sorted; what is undefined is left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one as Readonly<Record<string, Json>>).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  )
}
