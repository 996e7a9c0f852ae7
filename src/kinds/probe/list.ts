/** What there is to probe, as the list of the check gives it. */
import { CheckError } from '../../lib/errors.js'
import { detached, type Key, keyFromLatin1, keyToText } from '../../lib/key.js'
import type { Cell, Column, PostgresSource, Session } from '../../postgres/source.js'
import { listQuery } from './plan.js'
import type { ProbeSpec } from './schema.js'
import { setUp } from './session.js'

export interface Listed {
  readonly object: Key
  readonly probe: string | undefined
  readonly bytes: number | undefined
  /** Why it cannot be probed. */
  readonly unseen: string | undefined
  readonly fix: string | undefined
}

const REQUIRED = ['object', 'probe'] as const
const COLUMNS = [...REQUIRED, 'bytes', 'unseen', 'fix'] as const
type Name = (typeof COLUMNS)[number]

/** The number of objects of a database, not of its rows; beyond this something else was listed. */
const MOST = 100_000
const AT = { path: ['list'] }

export async function listFrom(
  spec: ProbeSpec,
  source: PostgresSource,
  signal: AbortSignal,
): Promise<{ readonly objects: readonly Listed[]; readonly server: Session['server'] }> {
  return source.withSession({ signal }, async (session) => {
    await setUp(session, { searchPath: source.access.spec.search_path, settings: [] })
    return { objects: await listObjects(spec, session), server: session.server }
  })
}

/** The smallest first, those of unknown size last, else in the order of the list. */
async function listObjects(spec: ProbeSpec, session: Session): Promise<readonly Listed[]> {
  const query = listQuery(spec)
  const names = namesOf(await session.describe(query), spec)
  const objects: Listed[] = []
  for await (const rows of session.stream(query, { columns: names })) {
    for (const row of rows) objects.push(listed((name) => row[names.indexOf(name)] ?? null))
    if (objects.length > MOST)
      throw new CheckError('the list gives more than 100,000 objects', { at: AT, hint: 'narrow it' })
  }
  return objects.toSorted((a, b) => size(a) - size(b))
}

function namesOf(columns: readonly Column[], { max_bytes: most, budget }: ProbeSpec): readonly Name[] {
  const has = new Set(columns.map(({ name }) => name))
  const unknown = columns.find(({ name }) => !(COLUMNS as readonly string[]).includes(name))
  if (unknown !== undefined) {
    const hint = `it may have: ${COLUMNS.join(', ')}`
    throw new CheckError(`the list has a column "${unknown.name}", which means nothing here`, { at: AT, hint })
  }
  const sized = most !== undefined || budget !== undefined
  const missing = [...REQUIRED, ...(sized ? (['bytes'] as const) : [])].find((name) => !has.has(name))
  if (missing !== undefined) {
    const hint = missing === 'bytes' ? 'max_bytes and budget are held against it' : 'name it with AS'
    throw new CheckError(`the list has no column "${missing}"`, { at: AT, hint })
  }
  return COLUMNS.filter((name) => has.has(name))
}

function listed(cell: (name: Name) => Cell): Listed {
  const text = (name: Name): string | undefined => {
    const value = cell(name)
    return value === null ? undefined : keyToText(keyFromLatin1(detached(value)))
  }
  const object = cell('object')
  if (object === null) throw new CheckError('the list gives an object without a name (NULL)', { at: AT })
  return {
    object: keyFromLatin1(detached(object)),
    probe: text('probe'),
    bytes: bytesOf(cell('bytes')),
    unseen: text('unseen'),
    fix: text('fix'),
  }
}

function bytesOf(cell: Cell): number | undefined {
  if (cell === null) return undefined
  const bytes = Number(cell)
  if (Number.isFinite(bytes) && bytes >= 0) return bytes
  throw new CheckError('`bytes` of the list has to be a number of bytes', { at: AT })
}

function size({ bytes }: Listed): number {
  return bytes ?? Number.MAX_VALUE
}
