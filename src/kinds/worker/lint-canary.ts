/** Rules of a canary: each step is stated once, names what only it has, and is one statement. */
import { checkSql } from '../../lib/sql-lex-check.js'
import type { LintProblem } from '../kind.js'
import type { CanarySpec } from './fields.js'
import type { CanaryAct } from './fields-canary.js'

export function lintCanary({ enqueue, done, clean_up }: CanarySpec): readonly LintProblem[] {
  return [...lintAct(enqueue, 'enqueue'), ...lintDone(done), ...lintAct(clean_up, 'clean_up')]
}

function lintAct(act: CanaryAct, name: string): readonly LintProblem[] {
  const path = ['canary', name]
  if ((act.sql === undefined) === (act.command === undefined))
    return [problem(`\`${name}\` is \`sql\` or a \`command\`, one of them`, path)]
  if (act.command !== undefined) {
    if (act.connection !== undefined) return [problem('a command uses no connection', [...path, 'connection'])]
    const token = act.command.some((argument) => argument.includes('{token}'))
    return token
      ? []
      : [{ ...problem('no argument has {token}, so this canary cannot be told from another', [...path, 'command']) }]
  }
  if (act.connection === undefined) return [problem('`sql` needs a `connection`', path)]
  return checkSql(act.sql ?? '', { token: '' }, 'statement').map((one) => ({
    level: 'error',
    ...one,
    path: [...path, 'sql'],
  }))
}

function lintDone({ sql, file, connection }: CanarySpec['done']): readonly LintProblem[] {
  const path = ['canary', 'done']
  if ((sql === undefined) === (file === undefined)) return [problem('`done` is `sql` or a `file`, one of them', path)]
  if (file !== undefined) {
    if (connection !== undefined) return [problem('a file needs no connection', [...path, 'connection'])]
    return file.includes('{token}')
      ? []
      : [problem('the path has no {token}: an older file would pass for the result', [...path, 'file'])]
  }
  if (connection === undefined) return [problem('`sql` needs a `connection`', path)]
  return checkSql(sql ?? '', { token: '' }).map((one) => ({ level: 'error', ...one, path: [...path, 'sql'] }))
}

function problem(message: string, path: readonly string[]): LintProblem {
  return { level: 'error', message, path }
}
