/** Dumps as SQL text: of pg_dump, pg_dumpall and mysqldump. Each says at its end that it is complete. */
import { Damage } from './damage.js'
import type { Inspection } from './facts.js'
import type { Reader } from './reader.js'

interface Dialect {
  readonly format: string
  readonly begins: RegExp
  readonly ends: RegExp
}

const DIALECTS: readonly Dialect[] = [
  {
    format: 'pg_plain',
    begins: /^(?:--\r?\n)?-- PostgreSQL database dump(?! complete)/m,
    ends: /^-- PostgreSQL database dump complete/m,
  },
  {
    format: 'pg_dumpall',
    begins: /^(?:--\r?\n)?-- PostgreSQL database cluster dump(?! complete)/m,
    ends: /^-- PostgreSQL database cluster dump complete/m,
  },
  { format: 'mysql_plain', begins: /^-- (?:MySQL|MariaDB) dump /m, ends: /^-- Dump completed/m },
]
const TAIL = 4096
const LINE_KEPT = 1000

export function plainDialect(head: Buffer): Dialect | undefined {
  const text = head.toString('latin1')
  // pg_dumpall's output holds that of pg_dump, never the other way round.
  const found = DIALECTS.filter(({ begins }) => begins.test(text))
  return found.find(({ format }) => format === 'pg_dumpall') ?? found[0]
}

export async function inspectPlain(
  reader: Reader,
  { format, ends }: Dialect,
  inspection: Inspection,
  head: Buffer,
): Promise<void> {
  inspection.tell({ format, ...headFacts(head.toString('utf8')) })
  const whole = inspection.wanted && format !== 'mysql_plain'
  if (!inspection.end && !whole) return
  const tail = whole ? await readThrough(reader, inspection) : await reader.tail(TAIL)
  if (!ends.test(tail.toString('latin1'))) {
    throw new Damage('it is truncated: it does not end with the line that says it is complete')
  }
}

function headFacts(head: string) {
  const serverVersion = /^-- Dumped from database version (\S+)/m.exec(head)?.[1]
  const dumpVersion = /^-- Dumped by pg_dump version (\S+)/m.exec(head)?.[1]
  const started = /^-- Started on (\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})/m.exec(head)
  const database = /^\\connect (?:-reuse-previous=\S+ )?"?([^"\s]+)"?$/m.exec(head)?.[1]
  return {
    ...(serverVersion && { serverVersion }),
    ...(dumpVersion && { dumpVersion }),
    ...(started && { madeLocal: Date.parse(`${started[1]}T${started[2]}Z`) }),
    ...(database && { database }),
  }
}

/** Every object is announced by a comment. A line of data may look like one; it is taken for nothing more than a name. */
async function readThrough(reader: Reader, { see, tell }: Inspection): Promise<Buffer> {
  let rest = ''
  let tail: Buffer = Buffer.alloc(0)
  let entries = 0
  for (;;) {
    const chunk = await reader.read(4 * 1024 * 1024)
    if (chunk.length === 0) break
    tail = Buffer.concat([tail, chunk]).subarray(-TAIL)
    const text = rest + chunk.toString('latin1')
    for (const [, tag = '', kind = '', schema = ''] of text.matchAll(NAMED)) {
      entries++
      const name = Buffer.from(tag, 'latin1').toString('utf8')
      const space = Buffer.from(schema, 'latin1').toString('utf8')
      const full = space === '-' ? name : `${space}.${name}`
      see([name, full, `${kind} ${name}`, `${kind} ${full}`])
    }
    rest = text.slice(text.lastIndexOf('\n') + 1).slice(0, LINE_KEPT)
  }
  tell({ entries })
  return tail
}

const NAMED = /^-- (?:Data for )?Name: (.{1,300}?); Type: ([^;\n]{1,60}); Schema: ([^;\n]{1,200}); Owner: [^\n]*\n/gm
