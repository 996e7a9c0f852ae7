/** Rules of kind `worker` that its schema cannot say, or not in words anybody understands. */
import { checkSql } from '../../lib/sql-lex-check.js'
import type { LintProblem } from '../kind.js'
import type { QueueSpec, WorkerSpec } from './fields.js'
import { lintCanary } from './lint-canary.js'
import { SYSTEMS } from './systems.js'

export function lint(spec: WorkerSpec): readonly LintProblem[] {
  return [
    ...asked(spec),
    ...(spec.running === undefined ? [] : pattern(spec.running, ['running'], true)),
    ...(spec.same_as === undefined ? [] : pattern(spec.same_as, ['same_as'], false)),
    ...(spec.heartbeat === undefined
      ? []
      : [...sqlAt(spec.heartbeat.sql, ['heartbeat', 'sql']), ...sqlAt(spec.heartbeat.hosts, ['heartbeat', 'hosts'])]),
    ...(spec.queue === undefined ? [] : lintQueue(spec.queue)),
    ...(spec.needs !== undefined && Object.keys(spec.needs).length === 0
      ? [error('`needs` names nothing', ['needs'])]
      : []),
    ...(spec.canary === undefined ? [] : lintCanary(spec.canary)),
  ]
}

function asked(spec: WorkerSpec): readonly LintProblem[] {
  const parts = ['running', 'heartbeat', 'queue', 'needs', 'same_as', 'canary'] as const
  if (parts.some((part) => spec[part] !== undefined)) return []
  return [{ ...error('a check of kind worker looks at nothing yet', []), hint: `add ${parts.join(', ')}` }]
}

function pattern(
  { process, command }: { readonly process?: string | undefined; readonly command?: string | undefined },
  path: readonly string[],
  required: boolean,
): readonly LintProblem[] {
  if (required && process === undefined && command === undefined) {
    return [error('a process is found by `process`, `command` or both', path)]
  }
  const slash = process?.includes('/') === true
  return slash
    ? [
        {
          ...error('`process` is a name without its directory', [...path, 'process']),
          hint: 'use `command` for a path',
        },
      ]
    : []
}

function lintQueue(queue: QueueSpec): readonly LintProblem[] {
  const { sql, system, name, schema, prefix } = queue
  if ((sql === undefined) === (system === undefined)) {
    return [error('a queue is given by `sql` or by `system`, one of them', ['queue'])]
  }
  if (system === undefined) {
    const useless = (['name', 'schema', 'prefix'] as const).filter((field) => queue[field] !== undefined)
    return [
      ...sqlAt(sql, ['queue', 'sql']),
      ...useless.map((field) =>
        error(`\`${field}\` is about a \`system\`; the query says itself what it reads`, ['queue', field]),
      ),
    ]
  }
  const { title, named, on } = SYSTEMS[system]
  const problems: LintProblem[] = []
  if (named && name === undefined) problems.push(error(`a queue of ${title} has a \`name\``, ['queue']))
  if (schema !== undefined && on === 'redis')
    problems.push(error(`${title} lives in Redis, which has no schema`, ['queue', 'schema']))
  if (prefix !== undefined && system === 'celery') {
    problems.push({
      level: 'warning',
      message: 'the prefix of Celery is `global_keyprefix`',
      path: ['queue', 'prefix'],
    })
  }
  if (prefix !== undefined && on === 'postgres')
    problems.push(error(`${title} lives in tables, which have no prefix`, ['queue', 'prefix']))
  return problems
}

function sqlAt(sql: string | undefined, path: readonly string[]): readonly LintProblem[] {
  if (sql === undefined) return []
  return checkSql(sql).map((problem) => ({ level: 'error' as const, ...problem, path }))
}

function error(message: string, path: readonly string[]): LintProblem {
  return { level: 'error', message, path }
}
