/**
 * Answers of HTTP/1.1 out of the bytes of one connection, each read in a room that is used again for the next. As much of
 * the protocol as an answer to GET needs (RFC 9112): a length, chunks, or the end of the connection.
 */
import { StoreError } from '../store.js'

export interface Answer {
  readonly status: number
  /** Only until it is handed over: the room is used again. */
  readonly body: Buffer
  /** The connection takes another request. */
  readonly reusable: boolean
}

export interface AnswerReader {
  /** Where the next bytes are to be put. */
  readonly room: () => Buffer
  /** So many bytes were put there. The answer where it is whole by now. */
  readonly filled: (length: number) => Answer | undefined
  /** The connection ended. The answer where it is whole by that. */
  readonly ended: () => Answer | undefined
}

const FIRST_ROOM = 384 * 1024
const MOST_ROOM = 16 * 1024 * 1024
const MOST_HEAD = 64 * 1024
const LEAST_ROOM = 16 * 1024

interface Head {
  readonly status: number
  /** Where the body begins. */
  readonly end: number
  /** Undefined: chunks, or up to the end of the connection. */
  readonly length: number | undefined
  readonly chunked: boolean
  readonly reusable: boolean
}

/** One for all connections: what is read at once is looked at before anything else is read. */
export function createRoom(): Buffer {
  return Buffer.allocUnsafeSlow(FIRST_ROOM)
}

/** `shared` is a room of others, too. An answer that comes whole in one piece, as most do, is never copied out of it. */
export function createAnswerReader(shared: Buffer): AnswerReader {
  let own: Buffer | undefined
  /** Where what has come of an answer lies. */
  let bytes = shared
  let used = 0
  let head: Head | undefined
  /** Behind the last chunk that was moved down. */
  let chunk = { at: 0, moved: 0 }
  const handOver = (found: Head, end: number, reusable = found.reusable): Answer => {
    const answer = { status: found.status, body: bytes.subarray(found.end, end), reusable }
    bytes = shared
    used = 0
    head = undefined
    return answer
  }
  const keep = (): void => {
    if (used === 0) bytes = shared
    else if (bytes === shared) {
      own ??= Buffer.allocUnsafeSlow(FIRST_ROOM)
      shared.copy(own, 0, 0, used)
      bytes = own
    }
  }
  const answerIn = (length: number): Answer | undefined => {
    used += length
    while (head === undefined) {
      head = readHead(bytes, used)
      if (head === undefined) {
        if (used > MOST_HEAD) throw broken('its head has no end')
        return undefined
      }
      chunk = { at: head.end, moved: head.end }
      // 100 Continue and the like come before the answer itself.
      if (head.status >= 200) break
      bytes.copyWithin(0, head.end, used)
      used -= head.end
      head = undefined
    }
    if (used > MOST_ROOM) throw broken('it has no end')
    if (head.length !== undefined) {
      const end = head.end + head.length
      if (used < end) return undefined
      // What comes unasked belongs to nothing.
      return handOver(head, end, head.reusable && used === end)
    }
    if (!head.chunked) return undefined
    for (;;) {
      const next = readChunk(bytes, chunk.at, used)
      if (next === undefined) return undefined
      if (next.last) return handOver(head, chunk.moved, head.reusable && used === next.end)
      bytes.copyWithin(chunk.moved, next.start, next.start + next.length)
      chunk = { at: next.end, moved: chunk.moved + next.length }
    }
  }
  return {
    room: () => {
      if (used === 0) return shared
      if (bytes.length - used < LEAST_ROOM) {
        own = Buffer.allocUnsafeSlow(bytes.length * 2)
        bytes.copy(own, 0, 0, used)
        bytes = own
      }
      return bytes.subarray(used)
    },
    filled: (length) => {
      const answer = answerIn(length)
      if (answer === undefined) keep()
      return answer
    },
    ended: () => {
      if (head === undefined || head.length !== undefined || head.chunked) return undefined
      return handOver(head, used, false)
    },
  }
}

function broken(what: string): StoreError {
  return new StoreError('unavailable', `what answers does not speak HTTP as S3 does: ${what}`)
}

const STATUS_LINE = /^HTTP\/1\.([01]) (\d{3})(?: [^\r\n]*)?\r\n/
const HEADERS = /^(?:[!-9;-~]+:[^\r\n]*\r\n)*$/
const LENGTH = /^content-length:[ \t]*(.*?)[ \t]*$/im
const CODING = /^transfer-encoding:[ \t]*(.*?)[ \t]*$/im
const CONNECTION = /^connection:[ \t]*(.*?)[ \t]*$/im

/** Undefined where it has not come whole. */
function readHead(bytes: Buffer, used: number): Head | undefined {
  const close = bytes.subarray(0, used).indexOf('\r\n\r\n')
  if (close < 0) return undefined
  const text = bytes.toString('latin1', 0, close + 2)
  const [line = '', minor, code] = STATUS_LINE.exec(text) ?? []
  if (code === undefined) throw broken('no status')
  const headers = text.slice(line.length)
  if (!HEADERS.test(headers)) throw broken('a line of its head is not a header')
  const status = Number(code)
  const coding = CODING.exec(headers)?.[1]?.toLowerCase()
  if (coding !== undefined && coding !== 'chunked') throw broken('an unknown transfer coding')
  const chunked = coding === 'chunked'
  const length = status < 200 || status === 204 || status === 304 ? '0' : LENGTH.exec(headers)?.[1]
  if (length !== undefined && !/^\d{1,15}$/.test(length)) throw broken('a length that is no number')
  const connection = CONNECTION.exec(headers)?.[1]?.toLowerCase()
  const kept = minor === '1' ? connection !== 'close' : connection === 'keep-alive'
  return {
    status,
    end: close + 4,
    length: chunked || length === undefined ? undefined : Number(length),
    chunked,
    reusable: kept && (chunked || length !== undefined),
  }
}

interface Chunk {
  readonly start: number
  readonly length: number
  readonly end: number
  readonly last: boolean
}

/** Undefined where it has not come whole. */
function readChunk(bytes: Buffer, at: number, used: number): Chunk | undefined {
  const line = bytes.subarray(at, Math.min(used, at + 1024)).indexOf('\r\n')
  if (line < 0) {
    if (used - at >= 1024) throw broken('a chunk without a length')
    return undefined
  }
  const [, hex] = /^([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?$/s.exec(bytes.toString('latin1', at, at + line)) ?? []
  if (hex === undefined) throw broken('a chunk without a length')
  const length = Number.parseInt(hex, 16)
  const start = at + line + 2
  if (length === 0) return readTrailer(bytes, start, used)
  const end = start + length + 2
  if (used < end) return undefined
  if (bytes[end - 2] !== 0x0d || bytes[end - 1] !== 0x0a) throw broken('a chunk of another length than it says')
  return { start, length, end, last: false }
}

function readTrailer(bytes: Buffer, start: number, used: number): Chunk | undefined {
  for (let at = start; ; ) {
    const line = bytes.subarray(at, used).indexOf('\r\n')
    if (line < 0) {
      if (used - start > MOST_HEAD) throw broken('its trailer has no end')
      return undefined
    }
    if (line === 0) return { start, length: 0, end: at + 2, last: true }
    at += line + 2
  }
}
