/** Says in SQL which rows of a query have one of some keys in a column, where that is certain to the byte. Pure. */
import { type Key, keyFromText, keyToText } from '../lib/key.js'
import { paramText } from './param.js'
import { quoteIdentifier, quoteLiteral } from './quote.js'
import type { Column, Session } from './source.js'
import { BIGINT, BYTEA, INTEGER, SMALLINT, TEXT, UUID, VARCHAR } from './type-oids.js'

/** A larger statement gains less, and goes whole into the log of a server that keeps what it is asked. */
const MOST_KEYS = 20_000
const MOST_CHARACTERS = 4 * 1024 * 1024
/** Before it, the server looks through the keys one by one for each row. */
const HASHES_LISTS = 140_000

type Server = Pick<Session['server'], 'version' | 'encoding'>

/**
 * A condition on the column of `q`; undefined where rows could be passed by that COPY would print with one of the keys:
 * of char(n), citext or numeric, values are equal that are printed differently.
 */
export function onlyKeys(column: Column, keys: readonly Key[], server: Server): string | undefined {
  if (server.version < HASHES_LISTS || keys.length > MOST_KEYS) return undefined
  const list = listOf(column, keys, server)
  if (list === undefined || list.text.length > MOST_CHARACTERS) return undefined
  const name = `q.${quoteIdentifier(column.name)}`
  // Of this collation alone it is certain that only the same bytes are equal.
  const value = list.type === 'text' ? `(${name} COLLATE pg_catalog."C")` : name
  return `${value} OPERATOR(pg_catalog.=) ANY (${quoteLiteral(list.text)}::pg_catalog.${list.type}[])`
}

interface List {
  readonly type: string
  /** An array literal. */
  readonly text: string
}

function listOf({ oid }: Column, keys: readonly Key[], server: Server): List | undefined {
  switch (oid) {
    case TEXT:
    case VARCHAR:
      return keys.every((key) => isTextIn(key, server.encoding)) ? list('text', keys.map(keyToText)) : undefined
    case BYTEA:
      return list(
        'bytea',
        keys.map((key) => `\\x${Buffer.from(key, 'latin1').toString('hex')}`),
      )
    case UUID:
      return list('uuid', keys.filter(isUuid))
    case SMALLINT:
      return list('int2', keys.filter(isInteger(16)))
    case INTEGER:
      return list('int4', keys.filter(isInteger(32)))
    case BIGINT:
      return list('int8', keys.filter(isInteger(64)))
    default:
      return undefined
  }
}

function list(type: string, elements: readonly string[]): List {
  return { type, text: paramText(elements) ?? '{}' }
}

/** Whether the key stands for one text of the database, and for no other. */
function isTextIn(key: Key, encoding: string): boolean {
  if (key.includes('\0')) return false
  if (encoding === 'UTF8') return keyFromText(keyToText(key)) === key
  return (encoding === 'SQL_ASCII' || encoding === 'LATIN1') && /^[\0-\x7f]*$/.test(key)
}

/** As it is printed; no row is printed as any other text there is for it. */
function isUuid(key: Key): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(key)
}

function isInteger(bits: number): (key: Key) => boolean {
  return (key) => /^(?:0|-?[1-9]\d{0,18})$/.test(key) && BigInt.asIntN(bits, BigInt(key)) === BigInt(key)
}
