/**
 * What the hash functions make of values we know. They are not promised to be the same in every major and on every
 * machine: where two servers differ in one of these, their hashes of rows are not compared.
 */
import { hashOf } from '../../postgres/row-hash.js'
import type { Session } from '../../postgres/source.js'
import type { Digest } from './record.js'

const VALUES: Readonly<Record<string, string>> = {
  boolean: 'true',
  smallint: '12345::int2',
  integer: '-1234567890::int4',
  bigint: '9007199254740993::int8',
  numeric: '1234567890.0987654321::numeric',
  real: '0.1::float4',
  double: '0.30000000000000004::float8',
  text: `'Grüße, 世界 👍'::text COLLATE "C"`,
  varchar: `'a|b'::varchar COLLATE "C"`,
  char: `'ab'::char(5) COLLATE "C"`,
  bytea: `decode('00ff10', 'hex')`,
  uuid: `'00112233-4455-6677-8899-aabbccddeeff'::uuid`,
  date: `'2024-02-29'::date`,
  time: `'12:34:56.789'::time`,
  timestamp: `'2024-02-29 12:34:56.789012'::timestamp`,
  timestamptz: `'2024-02-29 12:34:56.789012+02'::timestamptz`,
  interval: `'1 year 2 days 03:04:05.6'::interval`,
  jsonb: `'{"b": [1, 2.50, null], "a": "ü"}'::jsonb`,
  inet: `'10.1.2.3/8'::inet`,
  integers: `'{1,NULL,3}'::int4[]`,
  texts: `'{a,"b c",NULL}'::text[] COLLATE "C"`,
  range: `'[1,5)'::int4range::text`,
}

export async function vectorsOf(session: Session, digest: Digest): Promise<Readonly<Record<string, string>>> {
  const names = Object.keys(VALUES)
  const hashes = Object.values(VALUES).map((value) =>
    hashOf([digest === 'record' ? value : `(${value})::text`], '42', digest),
  )
  if (digest === 'record') hashes.push(`hashtextextended('postflight', 42)`)
  const { rows } = await session.query({ text: `SELECT ${hashes.map((hash) => `(${hash})::text`).join(', ')}` })
  return Object.fromEntries((rows[0] ?? []).map((cell, at) => [names[at] ?? 'hash of a hash', cell ?? '']))
}

/** Names of those that differ. One that only one side knows is no difference. */
export function unlikeVectors(
  was: Readonly<Record<string, string>>,
  is: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.entries(was).flatMap(([name, hash]) => (is[name] !== undefined && is[name] !== hash ? [name] : []))
}
