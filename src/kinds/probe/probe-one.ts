/** One object, looked into in a read-only transaction of its own: what goes wrong with it is about it alone. */
import { CheckError } from '../../lib/errors.js'
import { keyFromLatin1, keyToText } from '../../lib/key.js'
import { formatDuration } from '../../lib/units.js'
import { type Column, PostgresError, type PostgresSource, type Row } from '../../postgres/source.js'
import type { ProbeSpec } from './schema.js'
import { setUp } from './session.js'

/** So many violations of one object are counted and listed. */
export const MOST_ROWS = 1000

export interface Answer {
  readonly columns: readonly Column[]
  /** At most `MOST_ROWS`. */
  readonly rows: readonly Row[]
  readonly more: boolean
  /** One for each row: the statement that mends it, where the probe gives one. */
  readonly fixes: readonly (string | undefined)[]
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
      const pick = (columns: readonly Column[]) => [...shownOf(columns, spec, showData), ...columns.filter(isFix)]
      const { columns, rows } = await session.composed(text, { pick, limit: MOST_ROWS + 1 })
      const kept = rows.slice(0, MOST_ROWS)
      const fix = columns.findIndex(isFix)
      const shown = fix === -1 ? columns : columns.slice(0, fix)
      return { columns: shown, rows: kept, more: rows.length > MOST_ROWS, fixes: kept.map((row) => fixOf(row, fix)) }
    })
  } catch (error) {
    if (signal.aborted || !(error instanceof CheckError)) throw error
    return unprobed(error, spec)
  }
}

function shownOf(columns: readonly Column[], { show }: ProbeSpec, showData: boolean): readonly Column[] {
  if (showData) return columns.filter((column) => !isFix(column))
  return (show?.columns ?? []).map((name) => {
    const column = columns.find((one) => one.name === name)
    if (column === undefined) throw new CheckError(`its probe has no column "${name}", which \`show\` names`)
    return column
  })
}

function isFix({ name }: Column): boolean {
  return name === 'fix'
}

function fixOf(row: Row, index: number): string | undefined {
  const cell = index === -1 ? null : (row[index] ?? null)
  return cell === null ? undefined : keyToText(keyFromLatin1(cell))
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
