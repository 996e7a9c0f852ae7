/**
 * Text reaches us as Unicode. A character that the server cannot tell in Unicode it sends as `?`, without a word: in a key
 * that would be another key. Of the sets below that cannot be; of any other, a `?` is not taken for one.
 */
import type { Connection } from 'mysql2'
import { CheckError } from '../lib/errors.js'
import { keyFromLatin1, keyToText } from '../lib/key.js'
import type { Row, UserQuery } from '../sql/source.js'
import { command, fieldsOf, run } from './wire.js'
import { PLAIN, wrap } from './wrap.js'

/** Every text of theirs is a text of Unicode; latin1 is whole here, also where Windows leaves holes. */
const WHOLE = new Set([
  'binary',
  'utf8',
  'utf8mb3',
  'utf8mb4',
  'latin1',
  'ucs2',
  'utf16',
  'utf16le',
  'utf32',
  'gb18030',
])

export type ExactCheck = (rows: readonly Row[], names: readonly string[]) => void

/** Undefined where nothing can be lost. The check throws a CheckError at the place of the query. */
export async function exactly(client: Connection, query: UserQuery, name: string): Promise<ExactCheck | undefined> {
  const charset = await charsetOf(client, query, name)
  if (charset === undefined || WHOLE.has(charset)) return undefined
  return (rows, names) => {
    const at = names.indexOf(name)
    if (!rows.some((row) => row[at]?.includes('?') === true)) return
    throw new CheckError(
      `a value of "${name}" has a "?": of the character set ${charset} that may be any character Unicode lacks`,
      { hint: `CAST(${name} AS BINARY) gives the bytes as they are kept`, at: { path: query.path } },
    )
  }
}

/** As the server keeps the column, which it tells only to who does not ask for another one. */
async function charsetOf(client: Connection, query: UserQuery, name: string): Promise<string | undefined> {
  await command(client, 'SET SESSION character_set_results = NULL')
  try {
    const field = (await fieldsOf(client, wrap(query, PLAIN))).find((one) => one.name === name)
    const id = field?.characterSet
    if (id === undefined) return undefined
    const { rows } = await run(client, {
      text: 'SELECT CHARACTER_SET_NAME FROM information_schema.COLLATIONS WHERE ID = ?',
      values: [String(id)],
    })
    const [charset] = rows[0] ?? []
    return charset == null ? 'unknown' : keyToText(keyFromLatin1(charset))
  } finally {
    await command(client, 'SET SESSION character_set_results = utf8mb4')
  }
}
