/** Secrets: declared by source, all read at once, so that a missing one is told before anything runs. A message names the secret, never its value. */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import * as z from 'zod'
import type { SecretValue } from '../lib/redact.js'
import { type Environment, looksLikeCredential, variableOf } from './environment.js'
import type { Problems } from './problems.js'
import type { Span } from './source.js'
import type { MapEntry } from './tree.js'
import { validate } from './validate.js'
import { VAR_NAME } from './vars.js'

export const secretSchema = z.union([
  z.strictObject({ env: z.string().min(1).meta({ description: 'Environment variable that holds it.' }) }),
  z.strictObject({
    file: z.string().min(1).meta({
      description: 'File that holds it, relative to the check file. One newline at the end is not part of it.',
    }),
  }),
])

export interface Secrets {
  readonly names: readonly string[]
  /** The value, or undefined where it is not set, which has been told at its declaration. */
  readonly read: (name: string) => string | undefined
  /** The value of an environment variable by `${env.X}`; remembered as a secret where its name looks like one. */
  readonly readEnv: (name: string) => string | undefined
  /** All values read so far that must never be printed. */
  readonly values: () => readonly SecretValue[]
}

export interface SecretOptions {
  readonly env: Environment
  readonly problems: Problems
  readonly unset: (message: string, span: Span) => void
}

export function readSecrets(declarations: readonly MapEntry[], { env, problems, unset }: SecretOptions): Secrets {
  const values = new Map<string, string>()
  for (const { key: name, keySpan, value } of declarations) {
    if (!VAR_NAME.test(name)) problems.error(`"${name}" is not a name for a secret`, keySpan)
    const declared = validate(secretSchema, value, { what: `secret "${name}"`, at: keySpan }, problems)
    if (declared === undefined) continue
    const found = 'env' in declared ? fromEnv(declared.env, env) : fromFile(declared.file, keySpan)
    if (typeof found === 'string') values.set(name, found)
    else unset(`secret "${name}" is not set: ${found.why}`, keySpan)
  }
  return {
    names: declarations.map(({ key }) => key),
    read: (name) => values.get(name),
    readEnv: (name) => {
      const value = variableOf(env, name)
      if (value !== undefined && value !== '' && looksLikeCredential(name)) values.set(`env.${name}`, value)
      return value
    },
    values: () => [...values].map(([name, value]) => ({ name, value })),
  }
}

function fromEnv(name: string, env: Environment): string | { readonly why: string } {
  const value = variableOf(env, name)
  return value === undefined || value === '' ? { why: `the environment variable ${name} is missing or empty` } : value
}

function fromFile(file: string, { source }: Span): string | { readonly why: string } {
  try {
    const value = readFileSync(resolve(dirname(source.path), file), 'utf8').replace(/\r?\n$/, '')
    return value === '' ? { why: `the file ${file} is empty` } : value
  } catch (error) {
    return { why: `the file ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})` }
  }
}
