/** The lines of a file as bytes, in one pass, each with its place. A line is never made a string here. */
import type { FileHandle } from 'node:fs/promises'
import { LONGEST_LINE, lineTooLong } from '../../engine/recording.js'

/** `bytes[from, to)` is the line without its end, and lies at `offset` in the file; only the last may not be `whole`. */
export type OnLine = (bytes: Buffer, from: number, to: number, offset: number, whole: boolean) => void

export interface LinesOptions {
  readonly path: string
  /** Nothing is read beyond it: what is written meanwhile is not there yet. */
  readonly size: number
  readonly signal: AbortSignal
  /** Bytes read at once. */
  readonly block?: number | undefined
}

const BLOCK = 1024 * 1024
const NEWLINE = 0x0a
const RETURN = 0x0d

export async function eachLine(file: FileHandle, options: LinesOptions, onLine: OnLine): Promise<void> {
  const { path, size, signal, block = BLOCK } = options
  let buffer = Buffer.allocUnsafe(block)
  /** Where the buffer lies in the file, and how much of it is a line not yet told of. */
  let start = 0
  let held = 0
  const tell = (from: number, end: number, whole: boolean): void => {
    const to = end > from && buffer[end - 1] === RETURN ? end - 1 : end
    onLine(buffer, from, to, start + from, whole)
  }
  for (;;) {
    signal.throwIfAborted()
    if (held === buffer.length) {
      if (held >= LONGEST_LINE) throw lineTooLong(path)
      const larger = Buffer.allocUnsafe(2 * held)
      buffer.copy(larger)
      buffer = larger
    }
    const wanted = Math.min(buffer.length - held, size - start - held)
    const { bytesRead } = wanted > 0 ? await file.read(buffer, held, wanted, start + held) : { bytesRead: 0 }
    if (bytesRead === 0) break
    const filled = buffer.subarray(0, held + bytesRead)
    let from = 0
    for (let end = filled.indexOf(NEWLINE, held); end >= 0; end = filled.indexOf(NEWLINE, from)) {
      tell(from, end, true)
      from = end + 1
    }
    held = filled.length - from
    start += from
    buffer.copyWithin(0, from, filled.length)
  }
  if (held > 0) tell(0, held, false)
}
