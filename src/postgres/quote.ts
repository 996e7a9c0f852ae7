/** Names in SQL. Light; no I/O. */

/** PostgreSQL cuts longer names off silently, and then reads another table. */
const MAX_BYTES = 63

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/**
 * Parts of `table`, `schema.table` or `database.schema.table`, exactly as written: upper case is kept. A part that
 * holds a dot is written in double quotes. `undefined` where the text is no such name.
 */
export function parseName(text: string): readonly string[] | undefined {
  const parts: string[] = []
  const part = /"((?:[^"]|"")+)"|([^".\0]+)/y
  for (;;) {
    const found = part.exec(text)
    if (found === null) return undefined
    const name = found[1]?.replaceAll('""', '"') ?? found[2] ?? ''
    if (name.includes('\0') || name.trim() === '' || Buffer.byteLength(name) > MAX_BYTES) return undefined
    parts.push(name)
    if (part.lastIndex === text.length) return parts.length > 3 ? undefined : parts
    if (text[part.lastIndex] !== '.') return undefined
    part.lastIndex++
  }
}

/** The name as SQL, every part quoted; `undefined` where it is no name. */
export function quoteName(text: string): string | undefined {
  return parseName(text)?.map(quoteIdentifier).join('.')
}

/** A literal that means the same whatever `standard_conforming_strings` is. */
export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`
  return text.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted
}
