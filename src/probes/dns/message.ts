/** Questions and answers of DNS on the wire (RFC 1035): made, told apart from what is no answer to ours, put into words. */
import { randomInt } from 'node:crypto'
import { type Answer, type DecodedPacket, decode, encode, RECURSION_DESIRED } from 'dns-packet'
import type { RecordName } from './record-types.js'

export interface Question {
  /** Without a dot at the end; the root is `.`. */
  readonly name: string
  readonly type: RecordName
}

export interface Query extends Question {
  readonly id: number
  readonly bytes: Buffer
}

export interface Reply {
  /** NOERROR, NXDOMAIN, SERVFAIL … */
  readonly rcode: string
  readonly truncated: boolean
  readonly authoritative: boolean
  readonly answers: readonly Answer[]
}

export function queryOf({ name, type }: Question): Query {
  const id = randomInt(0x10000)
  return { name, type, id, bytes: encode({ type: 'query', id, flags: RECURSION_DESIRED, questions: [{ name, type }] }) }
}

const TRUNCATED = 0x0200

/** Undefined for bytes that are no answer to this question: somebody else's, forged, or rubbish. */
export function replyTo(query: Query, bytes: Buffer): Reply | undefined {
  if (bytes.length < 12 || bytes.readUInt16BE(0) !== query.id) return undefined
  try {
    const packet = decode(bytes) as DecodedPacket & { readonly rcode: string }
    if (!packet.flag_qr || !asks(packet, query)) return undefined
    const { rcode, flag_tc: truncated, flag_aa: authoritative, answers = [] } = packet
    return { rcode, truncated, authoritative, answers }
  } catch {
    // What was cut off may end in the middle of a record.
    const cut = (bytes.readUInt16BE(2) & (0x8000 | TRUNCATED)) === (0x8000 | TRUNCATED)
    return cut ? { rcode: 'NOERROR', truncated: true, authoritative: false, answers: [] } : undefined
  }
}

/** A server that refuses may leave the question out. */
function asks({ questions = [], rcode }: DecodedPacket & { readonly rcode: string }, query: Query): boolean {
  const [first] = questions
  if (first === undefined) return rcode !== 'NOERROR'
  return first.type === query.type && sameName(first.name, query.name)
}

export function sameName(a: string, b: string): boolean {
  return plainName(a) === plainName(b)
}

/** Lower case, without the dot at the end. */
export function plainName(name: string): string {
  const lower = name.toLowerCase()
  return lower.length > 1 && lower.endsWith('.') ? lower.slice(0, -1) : lower === '' ? '.' : lower
}
