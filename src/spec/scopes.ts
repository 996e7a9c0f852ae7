/** Which variables and secrets a reference sees: those of all files, or, written in a pack, those of the pack alone. */

import { mapSection } from './check-file.js'
import type { Environment } from './environment.js'
import type { LoadedFile } from './include.js'
import { interpolate } from './interpolate.js'
import { mergeSection } from './merge-sections.js'
import type { Problems } from './problems.js'
import { resolver, type Scope } from './resolve-reference.js'
import { readSecrets, type Secrets } from './secrets.js'
import type { Source, Span } from './source.js'
import type { MapEntry } from './tree.js'
import { type Given, givenOnCommandLine, readVars } from './vars.js'

export interface ScopeOptions {
  readonly env: Environment
  readonly vars: Readonly<Record<string, string>>
  readonly problems: Problems
  readonly unset: (message: string, span: Span) => void
}

export function buildScopes(
  files: readonly LoadedFile[],
  { env, vars, problems, unset }: ScopeOptions,
): { readonly secrets: Secrets; readonly scopeOf: (span: Span) => Scope } {
  const declared = plain(mergeSection(files, 'vars', 'variable', problems), 'vars', problems)
  const given = givenOnCommandLine(vars)
  const variables = readVars(declared, { given, how: (name) => `--var ${name}=…`, problems, unset })
  const secretEntries = plain(mergeSection(files, 'secrets', 'secret', problems), 'secrets', problems)
  for (const { key, keySpan } of secretEntries) {
    const variable = declared.find((entry) => entry.key === key)
    if (variable === undefined) continue
    const related = [{ message: 'the variable', span: variable.keySpan }]
    problems.error(`"${key}" is both a variable and a secret`, keySpan, { related })
  }
  const secrets = readSecrets(secretEntries, { env, problems, unset })
  const main: Scope = { vars: variables, secrets }
  const scopes = new Map<Source, Scope>()
  const scopeOf = ({ source }: Span): Scope => scopes.get(source) ?? main
  for (const file of files) {
    if (file.pack !== undefined) scopes.set(file.source, packScope(file, main, { problems, unset }))
  }
  return { secrets, scopeOf }
}

function packScope(
  file: LoadedFile,
  main: Scope,
  { problems, unset }: Pick<ScopeOptions, 'problems' | 'unset'>,
): Scope {
  const { pack } = file
  const resolve = resolver({ scopeOf: () => main, problems, unset })
  const given: Given = new Map(
    (pack?.with?.entries ?? []).map(({ key, keySpan, value }) => {
      const node = interpolate(value, { problems, resolve, rule: () => ({}) })
      return [key, { read: () => node, span: keySpan }]
    }),
  )
  const declared = plain(mapSection(file.root, 'vars', problems)?.entries ?? [], 'vars', problems)
  const how = (name: string): string => `with: { ${name}: … }`
  /** What a pack needs and is not given is a mistake in the file, not something the environment could still bring. */
  const missing = (message: string): void => problems.error(message, pack?.span)
  return { vars: readVars(declared, { given, how, problems, unset: missing }), secrets: main.secrets, pack: pack?.as }
}

/** Declarations say values; they do not refer to others. */
function plain(entries: readonly MapEntry[], section: string, problems: Problems): readonly MapEntry[] {
  const rule = () => ({ never: `"${section}" takes no \${…}` })
  const context = { problems, resolve: () => undefined, rule }
  return entries.map((entry) => ({ ...entry, value: interpolate(entry.value, context) }))
}
