/** The statements that make a role with which checks can be run, and which can do nothing else. Pure; nothing is executed. */
import { escapeText } from '../lib/text-escape.js'
import { quoteIdentifier } from './quote.js'

export interface Grants {
  readonly database: string
  readonly tables: readonly { readonly schema: string; readonly name: string; readonly kind: string }[]
  /** Schemas of which everything is read, because it is not known beforehand what. */
  readonly wholeSchemas: readonly string[]
  /** Schemas whose sequences are all read. */
  readonly sequencesOf: readonly string[]
  readonly monitor: boolean
  /** Tables with policies, which would hide rows. */
  readonly pastPolicies: readonly string[]
  /** Where the names of the checks are looked up, if not where a new role would. */
  readonly searchPath: string | undefined
  /** A check writes, where that is allowed: what it takes is not granted here. */
  readonly writes: boolean
  /** More to know, a sentence each. */
  readonly remarks: readonly string[]
}

const MAX_BYTES = 63

/** Why a role cannot have that name; undefined where it can. */
export function refuseRoleName(name: string): string | undefined {
  if (name.trim() === '') return 'a role has a name'
  if (Buffer.byteLength(name) > MAX_BYTES) return `the name of a role has at most ${MAX_BYTES} bytes`
  if (/^pg_/.test(name)) return 'names that begin with pg_ belong to PostgreSQL'
  if (['public', 'none'].includes(name)) return `"${name}" cannot be the name of a role`
  if (escapeText(name) !== name) return 'the name holds a character that cannot be seen'
  return undefined
}

export function createRole(name: string, grants: Grants): string {
  const { database, wholeSchemas, sequencesOf, monitor, pastPolicies, searchPath, writes, remarks } = grants
  const role = quoted(name)
  const tables = grants.tables.filter(({ schema }) => !wholeSchemas.includes(schema))
  const schemas = [...new Set([...tables.map(({ schema }) => schema), ...wholeSchemas, ...sequencesOf])].sort()
  const inSchemas = (all: readonly string[]) => all.map(quoted).join(', ')
  const comments = [
    `A role that may read what the checks read in database ${database}, and write nothing.`,
    'Run it there as a superuser, or as one who may create roles and owns the tables.',
    `Then give it a password in psql, which neither shows nor logs it: \\password ${role}`,
    ...(pastPolicies.length === 0
      ? []
      : [`BYPASSRLS, which a superuser alone may give: policies would hide rows of ${pastPolicies.join(', ')}.`]),
    ...(writes ? ['A check writes through this connection with --allow-writes. What that takes is not granted.'] : []),
    ...remarks,
  ]
  const list = (kinds: 'tables' | 'sequences') =>
    tables
      .filter(({ kind }) => (kind === 'S') === (kinds === 'sequences'))
      .map((one) => `${quoted(one.schema)}.${quoted(one.name)}`)
      .join(',\n  ')
  const [named, sequences] = [list('tables'), list('sequences')]
  const statements = [
    `CREATE ROLE ${role} LOGIN${pastPolicies.length === 0 ? '' : ' BYPASSRLS'}`,
    ...(writes ? [] : [`ALTER ROLE ${role} SET default_transaction_read_only = on`]),
    ...(searchPath === undefined ? [] : [`ALTER ROLE ${role} SET search_path = ${pathOf(searchPath)}`]),
    `GRANT CONNECT ON DATABASE ${quoted(database)} TO ${role}`,
    ...(schemas.length === 0 ? [] : [`GRANT USAGE ON SCHEMA ${inSchemas(schemas)} TO ${role}`]),
    ...(named === '' ? [] : [`GRANT SELECT ON TABLE\n  ${named}\n  TO ${role}`]),
    ...(sequences === '' ? [] : [`GRANT SELECT ON SEQUENCE\n  ${sequences}\n  TO ${role}`]),
    ...(wholeSchemas.length === 0
      ? []
      : [`GRANT SELECT ON ALL TABLES IN SCHEMA ${inSchemas(wholeSchemas)} TO ${role}`]),
    ...(sequencesOf.length === 0
      ? []
      : [`GRANT SELECT ON ALL SEQUENCES IN SCHEMA ${inSchemas(sequencesOf)} TO ${role}`]),
    ...(monitor ? [`GRANT pg_monitor TO ${role}`] : []),
  ]
  const head = comments.map((comment) => `-- ${escapeText(comment)}\n`).join('')
  return `${head}BEGIN;\n${statements.map((statement) => `${statement};\n`).join('')}COMMIT;\n`
}

/** The setting as the catalogue keeps it: names with commas between, in quotes where they need them. */
function pathOf(setting: string): string {
  const names = setting.match(/"(?:[^"]|"")*"|[^\s,"]+/g) ?? []
  return names.map((name) => quoted(name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name)).join(', ')
}

/** As SQL that shows every character of it. */
export function quoted(name: string): string {
  if (escapeText(name) === name) return quoteIdentifier(name)
  const spelled = Array.from(name.replaceAll('"', '""').replaceAll('\\', '\\\\'), (character) =>
    escapeText(character) === character
      ? character
      : `\\+${(character.codePointAt(0) ?? 0).toString(16).padStart(6, '0')}`,
  )
  return `U&"${spelled.join('')}"`
}
