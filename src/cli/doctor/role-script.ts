/** `--create-role`: the script alone, on standard output, for one database. Nothing of it is executed. */
import type { ConnectionSpec } from '../../connections/schema.js'
import { UsageError } from '../../lib/errors.js'
import { escapeText } from '../../lib/text-escape.js'
import { createRole, refuseRoleName } from '../../postgres/create-role.js'
import type { OfflineContext } from '../offline.js'
import { type ExamineOptions, examineConnections } from './examine.js'

/** The connection it is about. A UsageError where that cannot be told, or the role cannot have that name. */
export function chooseDatabase(
  all: Readonly<Record<string, ConnectionSpec>>,
  connection: string | undefined,
  role: string,
): string {
  const refused = refuseRoleName(role)
  if (refused !== undefined) throw new UsageError(`--create-role: ${refused}`)
  const databases = Object.keys(all).filter((name) => all[name]?.type === 'postgres')
  if (connection !== undefined && (!Object.hasOwn(all, connection) || databases.includes(connection))) return connection
  if (connection !== undefined) {
    const message = `connection "${connection}" is of type ${all[connection]?.type}; only a PostgreSQL database gets a role`
    throw new UsageError(message, { suggestions: oneOf(databases) })
  }
  const [only, ...more] = databases
  if (only === undefined) throw new UsageError('the check files have no connection of type postgres')
  if (more.length > 0) {
    throw new UsageError('there are several databases, and a script is for one', { suggestions: oneOf(databases) })
  }
  return only
}

function oneOf(names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`name one with --connection: ${names.join(', ')}`]
}

/** The exit code. */
export async function roleScript(
  role: string,
  options: ExamineOptions,
  { stdout, stderr }: Pick<OfflineContext, 'stdout' | 'stderr'>,
  redact: (text: string) => string,
): Promise<0 | 3> {
  const [examined] = await examineConnections(options)
  if (examined === undefined || 'problem' in examined.outcome) {
    const problem =
      examined?.outcome !== undefined && 'problem' in examined.outcome ? examined.outcome.problem : undefined
    stderr.write(`error: ${escapeText(redact(problem?.message ?? 'nothing was asked'))}\n`)
    return 3
  }
  const { grants } = examined.outcome.seen
  if (grants === undefined) throw new Error('a database was looked at, and nothing said of its grants')
  stdout.write(redact(createRole(role, grants)))
  return 0
}
