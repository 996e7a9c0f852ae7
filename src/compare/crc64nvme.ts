/**
 * CRC-64/NVME, the checksum S3 gives objects uploaded without another: polynomial 0xAD93D23594C93659 reflected, all
 * ones in and out. Two 32-bit halves, as BigInt is an order slower, and eight bytes at a time ("slicing by 8").
 */
const POLY_HIGH = 0x9a6c9329
const POLY_LOW = 0xac4bc9b5

export interface Crc64 {
  readonly update: (bytes: Uint8Array) => void
  /** 16 lower-case hex digits. */
  readonly hex: () => string
}

export function createCrc64Nvme(): Crc64 {
  let high = 0xffffffff
  let low = 0xffffffff
  return {
    update: (bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      const whole = bytes.length - (bytes.length % 8)
      let h = high
      let l = low
      for (let index = 0; index < whole; index += 8) {
        l ^= view.getInt32(index, true)
        h ^= view.getInt32(index + 4, true)
        const a = 0x700 | (l & 0xff)
        const b = 0x600 | ((l >>> 8) & 0xff)
        const c = 0x500 | ((l >>> 16) & 0xff)
        const d = 0x400 | (l >>> 24)
        const e = 0x300 | (h & 0xff)
        const f = 0x200 | ((h >>> 8) & 0xff)
        const g = 0x100 | ((h >>> 16) & 0xff)
        const i = h >>> 24
        l =
          of(lows, a) ^ of(lows, b) ^ of(lows, c) ^ of(lows, d) ^ of(lows, e) ^ of(lows, f) ^ of(lows, g) ^ of(lows, i)
        h =
          of(highs, a) ^
          of(highs, b) ^
          of(highs, c) ^
          of(highs, d) ^
          of(highs, e) ^
          of(highs, f) ^
          of(highs, g) ^
          of(highs, i)
      }
      for (let index = whole; index < bytes.length; index++) {
        const at = (l ^ (bytes[index] as number)) & 0xff
        l = ((l >>> 8) | (h << 24)) ^ of(lows, at)
        h = (h >>> 8) ^ of(highs, at)
      }
      high = h
      low = l
    },
    hex: () => word(~high) + word(~low),
  }
}

function of(table: Int32Array, index: number): number {
  return table[index] as number
}

function word(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0')
}

const [highs, lows] = tables()

/** Halves of eight times 256: what a byte does to the state so many bytes later. */
function tables(): readonly [highs: Int32Array, lows: Int32Array] {
  const highs = new Int32Array(8 * 256)
  const lows = new Int32Array(8 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let high = 0
    let low = byte
    for (let bit = 0; bit < 8; bit++) {
      const odd = low & 1
      low = (low >>> 1) | (high << 31)
      high >>>= 1
      if (odd === 0) continue
      low ^= POLY_LOW
      high ^= POLY_HIGH
    }
    highs[byte] = high
    lows[byte] = low
  }
  for (let index = 256; index < lows.length; index++) {
    const [high, low] = [of(highs, index - 256), of(lows, index - 256)]
    lows[index] = ((low >>> 8) | (high << 24)) ^ of(lows, low & 0xff)
    highs[index] = (high >>> 8) ^ of(highs, low & 0xff)
  }
  return [highs, lows]
}
