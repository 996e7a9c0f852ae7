/** One object, looked into in a read-only transaction of its own: what goes wrong with it is about it alone. */
import { CheckError } from '../../lib/errors.js'
import { formatDuration } from '../../lib/units.js'
import { type Column, PostgresError, type PostgresSource, type Row } from '../../postgres/source.js'
import { FIX } from '../fix-column.js'
import type { ProbeSpec } from './schema.js'
import { setUp } from './session.js'

/** So many violations of one object are counted and listed. */
export const MOST_ROWS = 1000

export interface Answer {
  readonly columns: readonly Column[]
  /** At most `MOST_ROWS`. */
  readonly rows: readonly Row[]
  readonly more: boolean
}

/** Why an object was not probed; the word is what such objects are counted under. */
export interface Unprobed {
  readonly because: 'unseen' | 'refused' | 'slow' | 'large' | 'budget' | 'time' | 'lost' | 'failed'
  readonly reason: string
}

export interface ProbeOptions {
  readonly spec: ProbeSpec
  readonly source: PostgresSource
  readonly signal: AbortSignal
  readonly showData: boolean
}

/** Throws where the signal fired, and bugs. */
export async function probeOne(
  text: string,
  { spec, source, signal, showData }: ProbeOptions,
): Promise<Answer | Unprobed> {
  const searchPath = source.access.spec.search_path
  const settings = Object.entries(spec.settings ?? {}).filter((pair): pair is [string, string] => pair[1] !== undefined)
  try {
    return await source.withSession({ signal, timeoutMs: spec.probe_timeout }, async (session) => {
      await setUp(session, { searchPath, settings, statementMs: spec.probe_timeout })
      const pick = (columns: readonly Column[]) => (showData ? columns : shownOf(columns, spec))
      const { columns, rows } = await session.composed(text, { pick, limit: MOST_ROWS + 1 })
      return { columns, rows: rows.slice(0, MOST_ROWS), more: rows.length > MOST_ROWS }
    })
  } catch (error) {
    if (signal.aborted || !(error instanceof CheckError)) throw error
    return unprobed(error, spec)
  }
}

/** A probe need not have a statement of its own. */
function shownOf(columns: readonly Column[], { show }: ProbeSpec): readonly Column[] {
  return (show?.columns ?? []).flatMap((name) => {
    const column = columns.find((one) => one.name === name)
    if (column === undefined && name !== FIX)
      throw new CheckError(`its probe has no column "${name}", which \`show\` names`)
    return column === undefined ? [] : [column]
  })
}

/** Of the connection rather than of the statement: SQLSTATEs of its class, and what Node calls what went wrong. */
const LOST = /^(?:08|28|3D|533|534|57P|E[A-Z]|CONNECTION_|NO_|ERR_)/

function unprobed(error: CheckError, { probe_timeout: timeout }: ProbeSpec): Unprobed {
  const reason = error.hint === undefined ? error.message : `${error.message} (${error.hint})`
  if (!(error instanceof PostgresError)) return { because: 'failed', reason }
  const { code = '' } = error
  if (code === '57014') return { because: 'slow', reason: `${reason}; probe_timeout is ${formatDuration(timeout)}` }
  if (code === '42501') return { because: 'refused', reason }
  return { because: code === '' || LOST.test(code) ? 'lost' : 'failed', reason }
}
