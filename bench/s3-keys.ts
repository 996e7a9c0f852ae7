/** The keys of the bench's bucket, ascending: a directory per thousand, names of about forty bytes, all ASCII. */
export function makeKeys(count: number): string[] {
  const keys: string[] = []
  for (let n = 0; n < count; n++) {
    const spread = ((n * 2654435761) % 2 ** 32).toString(16).padStart(8, '0')
    keys.push(`uploads/${String(Math.floor(n / 1000)).padStart(6, '0')}/${spread}-photo-${n.toString(36)}.jpg`)
  }
  return keys.sort()
}

export function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/')
}
