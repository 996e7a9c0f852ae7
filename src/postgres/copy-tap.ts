/**
 * Takes CopyData messages out of what the server sends before pg sees them, many at once; every other message goes on
 * to pg as it came. pg makes an object and an event of each row, which costs more than all that is done with it here.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
import type { Socket } from 'node:net'
import { viewOf } from '../lib/byte-views.js'

const COPY_DATA = 0x64
/** Type and length; the length counts itself. */
const HEADER_BYTES = 5
const LENGTH_AT = 1

/**
 * Contents of messages beside each other in one buffer: of `count` ones, each from `spans[2n]` up to, not including,
 * `spans[2n + 1]`. The array is used again afterwards.
 */
export type TakeCopyData = (bytes: Buffer, spans: Uint32Array, count: number) => void

const FIRST_SPANS = 4096

/** Returns what gives the stream back. To be called between two messages: when a statement is sent. */
export function tapCopyData(stream: Socket, take: TakeCopyData): () => void {
  const theirs = stream.listeners('data') as ((chunk: Buffer) => void)[]
  let held: Buffer[] = []
  let heldBytes = 0
  let wanted = HEADER_BYTES
  let over = false
  let spans = new Uint32Array(FIRST_SPANS)

  const handOn = (bytes: Buffer): void => {
    for (const listener of theirs) listener.call(stream, bytes)
  }
  const onData = (chunk: Buffer): void => {
    held.push(chunk)
    heldBytes += chunk.length
    // A row of a gigabyte comes in thousands of chunks: they are joined once, when it is whole.
    if (heldBytes < wanted) return
    const bytes = held.length === 1 ? chunk : Buffer.concat(held, heldBytes)
    held = []
    const { at, next } = passOn(bytes)
    const rest = bytes.subarray(at)
    if (rest.length > 0 && over) handOn(rest)
    else if (rest.length > 0) held = [rest]
    heldBytes = rest.length
    wanted = next
  }
  /** Up to the first message that is not whole; `next` is how many bytes that one takes, as far as is known. */
  const passOn = (bytes: Buffer): { readonly at: number; readonly next: number } => {
    const view = viewOf(bytes)
    let count = 0
    let at = 0
    let next = HEADER_BYTES
    // A message handed on may be the last one of the statement, which ends this.
    while (!over && at + HEADER_BYTES <= bytes.length) {
      next = LENGTH_AT + view.getUint32(at + LENGTH_AT)
      const end = at + next
      if (end > bytes.length) break
      if (bytes[at] === COPY_DATA) {
        if (2 * count === spans.length) spans = grown(spans)
        spans[2 * count] = at + HEADER_BYTES
        spans[2 * count + 1] = end
        count++
      } else {
        if (count > 0) take(bytes, spans, count)
        count = 0
        handOn(bytes.subarray(at, end))
      }
      at = end
      next = HEADER_BYTES
    }
    if (count > 0) take(bytes, spans, count)
    return { at, next }
  }

  stream.on('data', onData)
  for (const listener of theirs) stream.off('data', listener)
  return () => {
    if (over) return
    over = true
    for (const listener of theirs) stream.on('data', listener)
    stream.off('data', onData)
    for (const rest of held) handOn(rest)
    held = []
  }
}

function grown(spans: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * spans.length)
  larger.set(spans)
  return larger
}
