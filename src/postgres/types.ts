/** Names of types by their oid. Built-in oids never change; other types are asked for. */
import { keyFromLatin1, keyToText } from '../lib/key.js'
import type { Column } from './source.js'
import { BYTEA } from './type-oids.js'
import { type Field, run, type WireClient } from './wire.js'

const BUILT_IN: ReadonlyMap<number, string> = new Map([
  [16, 'boolean'],
  [BYTEA, 'bytea'],
  [18, '"char"'],
  [19, 'name'],
  [20, 'bigint'],
  [21, 'smallint'],
  [23, 'integer'],
  [25, 'text'],
  [26, 'oid'],
  [114, 'json'],
  [700, 'real'],
  [701, 'double precision'],
  [1042, 'character'],
  [1043, 'character varying'],
  [1082, 'date'],
  [1083, 'time without time zone'],
  [1114, 'timestamp without time zone'],
  [1184, 'timestamp with time zone'],
  [1186, 'interval'],
  [1700, 'numeric'],
  [2950, 'uuid'],
  [3802, 'jsonb'],
])

/** A cast to these names would cut to one character or bit; their other names do not. */
const UNCUT: ReadonlyMap<number, string> = new Map([
  [1042, 'bpchar'],
  [1014, 'bpchar[]'],
  [1560, '"bit"'],
  [1561, '"bit"[]'],
])

export async function columnsOf(client: WireClient, fields: readonly Field[]): Promise<readonly Column[]> {
  const names = await typeNames(
    client,
    fields.map((field) => field.dataTypeID),
  )
  return fields.map((field, index) => ({ name: field.name, oid: field.dataTypeID, type: names[index] ?? 'unknown' }))
}

/** Names to cast a literal with, as SQL. */
export async function castNames(client: WireClient, oids: readonly number[]): Promise<readonly string[]> {
  const names = await typeNames(client, oids)
  return names.map((name, index) => UNCUT.get(oids[index] ?? 0) ?? name)
}

async function typeNames(client: WireClient, oids: readonly number[]): Promise<readonly string[]> {
  const asked = [...new Set(oids)].filter((oid) => !BUILT_IN.has(oid))
  if (asked.length === 0) return oids.map((oid) => BUILT_IN.get(oid) ?? '')
  const { rows } = await run(client, {
    text: 'SELECT o, pg_catalog.format_type(o, NULL) FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS o',
    values: [`{${asked.join(',')}}`],
  })
  const found = new Map(rows.map(([oid, name]) => [Number(oid), keyToText(keyFromLatin1(name ?? ''))]))
  return oids.map((oid) => BUILT_IN.get(oid) ?? found.get(oid) ?? 'unknown')
}
