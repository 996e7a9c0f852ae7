import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { guardPlain } from '../../src/writes/guard-plain.js'

function guarded(dump: string, { pieces = dump.length, privileges = false } = {}): Promise<string> {
  const chunks = Array.from({ length: Math.ceil(dump.length / pieces) }, (_, index) =>
    Buffer.from(dump.slice(index * pieces, index * pieces + pieces)),
  )
  const guard = guardPlain({ key: 'k', privileges })
  return text(Readable.from(chunks).pipe(guard))
}

const DUMP = `SET search_path = '';
\\restrict abc
CREATE TABLE t (a text);
ALTER TABLE t OWNER TO somebody;
GRANT SELECT ON TABLE t TO somebody;
CREATE USER MAPPING FOR x SERVER y;
COPY t (a) FROM stdin;
DROP DATABASE as a value
\\\\connect as a value
\\N
\\.
SELECT 1;
\\unrestrict abc
`
const PASSED = `\\restrict k
SET search_path = '';
CREATE TABLE t (a text);
CREATE USER MAPPING FOR x SERVER y;
COPY t (a) FROM stdin;
DROP DATABASE as a value
\\\\connect as a value
\\N
\\.
SELECT 1;
`

it.each([1, 7, 1000])('lets a dump pass without owners, privileges and commands, in pieces of %i', async (pieces) => {
  expect(await guarded(DUMP, { pieces })).toBe(PASSED)
})

it('lets owners and privileges pass where they are asked for', async () => {
  expect(await guarded(DUMP, { privileges: true })).toContain('GRANT SELECT ON TABLE t TO somebody;')
})

it('lets lines of any length pass whole', async () => {
  const long = `INSERT INTO t VALUES ('${'x'.repeat(300_000)}');\n`
  expect(await guarded(long + long, { pieces: 65_000 })).toBe(`\\restrict k\n${long}${long}`)
})

it.each([
  '\\connect shop',
  '\\c shop',
  '\\connect -reuse-previous=on "dbname=shop"',
  'CREATE DATABASE shop;',
  'drop  database shop;',
  'ALTER DATABASE shop SET x = 1;',
  'CREATE ROLE shop;',
  'ALTER USER shop;',
  'CREATE SUBSCRIPTION s;',
  'ALTER SYSTEM SET x = 1;',
])('ends at %s, before it is sent', async (line) => {
  const guard = guardPlain({ key: 'k', privileges: false })
  const sent: string[] = []
  guard.on('data', (chunk: Buffer) => sent.push(chunk.toString()))
  const failed = new Promise((resolve) => guard.on('error', resolve))
  for (const part of ['SELECT 1;\n', `${line}\n`]) guard.write(part)
  expect(await failed).toMatchObject({ name: 'CheckError', message: expect.stringContaining('reaches beyond') })
  expect(sent.join('')).toBe('\\restrict k\nSELECT 1;\n')
})
