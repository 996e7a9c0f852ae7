/** Credentials a connection takes from the environment though no check file names them: they are secrets all the same. */
import type { ConnectionSpec } from '../connections/schema.js'
import type { SecretValue } from '../lib/redact.js'
import type { Env } from '../lib/text-terminal.js'

const VARIABLES: Readonly<Partial<Record<ConnectionSpec['type'], readonly string[]>>> = {
  postgres: ['PGPASSWORD'],
  s3: ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'],
}

export function ambientSecrets(
  connections: Readonly<Record<string, ConnectionSpec>>,
  env: Env,
): readonly SecretValue[] {
  const types = new Set(Object.values(connections).map(({ type }) => type))
  return [...types].flatMap((type) =>
    (VARIABLES[type] ?? []).flatMap((name) => {
      const value = env[name]
      return value === undefined || value === '' ? [] : [{ name: `env.${name}`, value }]
    }),
  )
}
