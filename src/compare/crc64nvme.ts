/**
 * CRC-64/NVME, the checksum S3 gives objects uploaded without another: polynomial 0xAD93D23594C93659 reflected, all
 * ones in and out. Two 32-bit halves, as BigInt is an order slower.
 */
const POLY_HIGH = 0x9a6c9329
const POLY_LOW = 0xac4bc9b5

export interface Crc64 {
  readonly update: (bytes: Uint8Array) => void
  /** 16 lower-case hex digits. */
  readonly hex: () => string
}

export function createCrc64Nvme(): Crc64 {
  const [tableHigh, tableLow] = table()
  let high = 0xffffffff
  let low = 0xffffffff
  return {
    update: (bytes) => {
      for (let index = 0; index < bytes.length; index++) {
        const at = (low ^ (bytes[index] as number)) & 0xff
        low = ((low >>> 8) | (high << 24)) ^ (tableLow[at] as number)
        high = (high >>> 8) ^ (tableHigh[at] as number)
      }
    },
    hex: () => word(~high) + word(~low),
  }
}

function word(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0')
}

function table(): readonly [Uint32Array, Uint32Array] {
  const highs = new Uint32Array(256)
  const lows = new Uint32Array(256)
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
    highs[byte] = high >>> 0
    lows[byte] = low >>> 0
  }
  return [highs, lows]
}
