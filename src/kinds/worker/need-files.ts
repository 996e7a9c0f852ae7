/** Files and directories, as the user of the worker may use them. */
import { type SeenFile, seeFiles } from '../../probes/file.js'
import { type Vantage, VantageError } from '../../vantage/vantage.js'
import type { NeedsSpec } from './fields.js'
import type { Need, NeedsAnswer } from './need.js'
import type { Surrounding } from './surrounding.js'

type FileNeed = NonNullable<NeedsSpec['files']>[number]

export async function needFiles(
  files: readonly FileNeed[],
  vantage: Vantage,
  { root, user, doubt }: Surrounding,
  signal: AbortSignal,
): Promise<NeedsAnswer> {
  if (files.length === 0) return { needs: [] }
  try {
    const paths = files.map(({ path }) => `${root}${path}`)
    const seen = await seeFiles(vantage, paths, { signal, ...(user === undefined || root !== '' ? {} : { user }) })
    const notes = user === undefined || root !== '' ? [] : [`files: looked at as ${user}`]
    return { needs: files.map((file, index) => judged(file, seen[index], root === '' ? doubt : OUTSIDE)), notes }
  } catch (error) {
    if (!(error instanceof VantageError) || signal.aborted) throw error
    const reason = user === undefined ? error.message : `cannot be looked at as ${user}: ${error.message}`
    return { needs: files.map(({ path }) => ({ key: `file ${path}`, is: 'untold', reason })) }
  }
}

const OUTSIDE = 'it was looked at from outside the container, as another user'

/** Through the root of a container only that something is there is certain. */
function judged(file: FileNeed, seen: SeenFile | undefined, doubt: string | undefined): Need {
  const key = `file ${file.path}`
  if (seen === undefined) return { key, is: 'untold', reason: 'it was not looked at' }
  const lacking = flaws(file, seen)
  const asked = (['readable', 'writable', 'executable'] as const).some((right) => file[right] !== undefined)
  if (doubt === OUTSIDE && asked && seen.exists) return { key, is: 'untold', reason: doubt }
  if (lacking.length === 0) return { key, is: 'met' }
  const reason = lacking.join(', ')
  return doubt === undefined || (!seen.exists && !seen.hidden)
    ? { key, is: 'missing', reason }
    : { key, is: 'untold', reason: `${reason}, but ${doubt}` }
}

function flaws(file: FileNeed, seen: SeenFile): readonly string[] {
  if (!seen.exists) return [seen.hidden ? 'a directory above it may not be entered' : 'it is not there']
  const found: string[] = []
  if (file.readable === true && !(seen.readable && (seen.executable || !seen.directory))) found.push('not readable')
  if (file.writable === true && !(seen.writable && (seen.executable || !seen.directory))) found.push('not writable')
  if (file.executable === true && !seen.executable) found.push('not executable')
  if (file.readable === false && seen.readable) found.push('readable, and it should not be')
  if (file.writable === false && seen.writable) found.push('writable, and it should not be')
  if (file.executable === false && seen.executable) found.push('executable, and it should not be')
  return found
}
