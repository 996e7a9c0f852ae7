/** Rules that need more than one field of the check. */
import type { LintProblem } from '../kind.js'
import { isDirectoryGlob } from './globs.js'
import type { BackupSpec } from './schema.js'

export function lintBackup({ match, copy, restore, format, time_zone, store }: BackupSpec): readonly LintProblem[] {
  const problems: LintProblem[] = []
  const directories = match.some(isDirectoryGlob)
  const error = (message: string, path: LintProblem['path'], hint: string) =>
    problems.push({ level: 'error', message, path, hint })
  if (directories && format !== undefined && format !== 'pg_directory') {
    error(`a directory is never of format ${format}`, ['format'], 'match the file itself, or leave format: out')
  }
  if (directories && copy?.match !== undefined) {
    error('copies of directories have the same keys', ['copy', 'match'], 'leave it out')
  }
  if (!directories && format === 'pg_directory') {
    error('a dump in directory format is a directory', ['match'], 'let it end in /, as in backups/*/')
  }
  if (copy?.store === store && copy.match === undefined) {
    error('a copy in the same store under the same key is no copy', ['copy', 'store'], 'name another store')
  }
  if (restore !== undefined && format !== undefined && !format.startsWith('pg_')) {
    error(`a backup of format ${format} cannot be restored into PostgreSQL here`, ['restore'], 'leave restore: out')
  }
  if (restore !== undefined && format?.startsWith('pg_dumpall') === true) {
    error(
      'a dump of a whole cluster makes databases and roles of its own; it is not restored',
      ['restore'],
      'leave restore: out',
    )
  }
  if (!isTimeZone(time_zone)) {
    error(`there is no time zone "${time_zone}"`, ['time_zone'], 'write one like UTC or Europe/Berlin')
  }
  return problems
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
