/** Addresses as /proc/net/tcp writes them: 32-bit words in the byte order of the machine, which is little here. */

export interface RemoteAddress {
  readonly address?: string
  readonly family?: 4 | 6
}

export function parseAddress(hex: string | undefined): RemoteAddress {
  const [words = ''] = (hex ?? '').split(':')
  const bytes = (words.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, 'hex').reverse()])
  if (bytes.length === 4) return { address: bytes.join('.'), family: 4 }
  if (bytes.length !== 16) return {}
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255
  if (mapped) return { address: bytes.slice(12).join('.'), family: 4 }
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0)).toString(16),
  )
  // The URL parser writes the short form.
  return { address: new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1), family: 6 }
}
