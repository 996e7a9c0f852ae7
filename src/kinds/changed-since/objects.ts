/** Reads the objects of a database. Definitions stay here: what leaves is a digest of each. */
import { createHash } from 'node:crypto'
import { keyFromLatin1, keyToText } from '../../lib/key.js'
import type { Cell, Session } from '../../postgres/source.js'
import { COLLATION_SQL } from './collation-sql.js'
import { AROUND_SQL } from './objects-around-sql.js'
import { OBJECT_SQL } from './objects-sql.js'
import type { ObjectEntry } from './record.js'
import { RIGHTS_SQL, SETTING_SQL } from './rights-sql.js'

/** As it is read, before it is turned into digests. */
export interface ObjectSeen {
  readonly kind: string
  readonly name: string
  /** Kind and name of what it is part of. */
  readonly of: string | null
  readonly full: string
  readonly plain: string
  readonly shown: string | null
  readonly bad: string | null
}

/** Expects an empty search_path. */
export async function objectsOf(session: Session, schemas: readonly string[] | undefined): Promise<ObjectSeen[]> {
  const chosen = schemas === undefined ? null : JSON.stringify(schemas)
  const seen: ObjectSeen[] = []
  for (const [kind, text] of Object.entries({ ...OBJECT_SQL, ...AROUND_SQL, ...RIGHTS_SQL })) {
    const { rows } = await session.query({ text, values: [chosen] })
    seen.push(...rows.map((row) => seenOf(kind, row)))
  }
  for (const [kind, text] of Object.entries(SETTING_SQL)) {
    const { rows } = await session.query({ text })
    seen.push(...rows.map((row) => seenOf(kind, row)))
  }
  return [...seen, ...(await collationsOf(session))]
}

function seenOf(kind: string, [name, of, full, plain, shown, bad]: readonly Cell[]): ObjectSeen {
  return {
    kind,
    name: textOf(name ?? ''),
    of: nullable(of),
    full: textOf(full ?? ''),
    plain: textOf(plain ?? ''),
    shown: nullable(shown),
    bad: nullable(bad),
  }
}

/** The order of texts we know, by each collation that an index or the database has: a version says less. */
async function collationsOf(session: Session): Promise<ObjectSeen[]> {
  if (session.server.encoding !== 'UTF8') return []
  const { rows } = await session.query({ text: COLLATION_SQL })
  const seen: ObjectSeen[] = []
  for (const [collation, probe] of rows) {
    const found = await session.query({ text: textOf(probe ?? '') })
    const order = textOf(found.rows[0]?.[0] ?? '')
    seen.push({
      kind: 'collation',
      name: textOf(collation ?? ''),
      of: null,
      full: order,
      plain: order,
      shown: null,
      bad: null,
    })
  }
  return seen
}

export function entryOf({ full, plain, shown, of, bad }: ObjectSeen): ObjectEntry {
  return [shortHash(full), shortHash(plain), shown, of, bad]
}

/** Enough to tell apart, too little to try guesses on. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 20)
}

function nullable(cell: Cell | undefined): string | null {
  return cell == null ? null : textOf(cell)
}

/** Cells hold one byte in each character. */
export function textOf(cell: string): string {
  return keyToText(keyFromLatin1(cell))
}
