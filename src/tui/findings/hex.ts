/** Bytes as people compare them: offset, hexadecimal, ASCII. */
import { formatNumber } from '../../lib/text.js'

const MOST = 4096
/** Two for each of the bytes, a blank between them, the offset and the ASCII beside it. */
const WIDTH_OF_16 = 72

/** Lines of at most `width` columns, from 40 on. */
export function hexLines(bytes: Buffer, width: number): string[] {
  const each = width >= WIDTH_OF_16 ? 16 : 8
  const lines: string[] = []
  for (let at = 0; at < Math.min(bytes.length, MOST); at += each) {
    const part = bytes.subarray(at, Math.min(at + each, MOST))
    const pairs = [...part].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const ascii = [...part].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
    lines.push(`${at.toString(16).padStart(4, '0')}  ${pairs.padEnd(3 * each - 1)}  ${ascii}`)
  }
  return bytes.length > MOST ? [...lines, `${formatNumber(bytes.length - MOST)} bytes more`] : lines
}

/** Whether all of it is seen as it is: printable ASCII. */
export function isPlain(bytes: Buffer): boolean {
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f)
}
