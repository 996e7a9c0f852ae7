/**
 * Restores a dump with the user's own pg_restore or psql, into one database that was made for it. What a plain dump may
 * do beside that is shut off: psql is told to follow no command of its own, and statements about databases and roles
 * end the restore before they are sent.
 */
import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CheckError } from '../lib/errors.js'
import { startProcess } from '../vantage/process.js'
import { guardPlain } from './guard-plain.js'

export interface RestoreOptions {
  readonly database: string
  readonly env: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  readonly program: string
  /** Restore owners and privileges too. */
  readonly privileges: boolean
}

export interface Restored {
  /** It came to its end, with or without errors. */
  readonly ended: boolean
  readonly errors: number
  /** The first few errors, names and values masked. */
  readonly messages: readonly string[]
}

/** An archive of pg_dump, as a stream or in a directory. */
export function restoreArchive(
  archive: { readonly format: 'custom' | 'tar'; readonly stream: Readable } | { readonly directory: string },
  { database, program, privileges, ...options }: RestoreOptions,
): Promise<Restored> {
  const format = 'directory' in archive ? 'directory' : archive.format
  const argv = [program, `--format=${format}`, `--dbname=${database}`, '--no-password', '--no-tablespaces']
  argv.push('--no-publications', '--no-subscriptions', ...(privileges ? [] : ['--no-owner', '--no-acl']))
  if ('directory' in archive) argv.push(archive.directory)
  return finish(argv, 'directory' in archive ? undefined : archive.stream, options, (stderr) => ({
    errors: stderr.ignored ?? stderr.errors,
    // Without that line it stopped at an error.
    ended: (code) => code === 0 || (code === 1 && stderr.ignored !== undefined),
  }))
}

/**
 * A plain dump. psql stops at the first error: when a COPY is refused it would take the rows that follow for statements,
 * and run what stands in them.
 */
export async function restorePlain(
  stream: Readable,
  { database, program, privileges, ...options }: RestoreOptions,
): Promise<Restored> {
  await assertRestrictable(program, options)
  const argv = [program, '-X', '-q', '-A', '-t', '-w', '-v', 'VERBOSITY=terse', '-v', 'ON_ERROR_STOP=1', '-d', database]
  const guard = guardPlain({ key: randomBytes(16).toString('hex'), privileges })
  stream.on('error', (error) => guard.destroy(error))
  return finish(argv, stream.pipe(guard), options, (stderr) => ({
    errors: stderr.errors,
    ended: (code) => code === 0 && stderr.errors === 0,
  }))
}

interface Stderr {
  readonly errors: number
  readonly ignored: number | undefined
}

type Running = Pick<RestoreOptions, 'env' | 'signal'>

async function finish(
  argv: readonly string[],
  input: Readable | undefined,
  options: Running,
  judge: (stderr: Stderr) => { readonly errors: number; readonly ended: (code: number | NodeJS.Signals) => boolean },
): Promise<Restored> {
  const child = startProcess(argv, { ...options, onMissing: notInstalled })
  child.stdout.resume()
  const said = listen(child.stderr)
  let broken: unknown
  const feeding =
    input === undefined
      ? Promise.resolve(void child.stdin.end())
      : pipeline(input, child.stdin).catch((error: unknown) => {
          // A program that ends early closes its input; why, it says itself.
          if (!isPipe(error)) broken = error
        })
  if (input === undefined) child.stdin.on('error', () => undefined)
  const code = await child.ended
  input?.destroy()
  await feeding
  options.signal.throwIfAborted()
  if (broken !== undefined) throw broken
  const { unsupported, messages, ...stderr } = said()
  if (unsupported !== undefined) {
    throw new CheckError(`${argv[0]} cannot read this backup: ${unsupported}`, {
      hint: 'restore with programs at least as new as those that made it',
    })
  }
  const { errors, ended } = judge(stderr)
  return { ended: ended(code), errors, messages }
}

const KEPT = 3
const RESTRICTED = /^backslash commands are restricted/

function listen(
  stderr: Readable,
): () => Stderr & { readonly messages: readonly string[]; readonly unsupported?: string } {
  let errors = 0
  let ignored: number | undefined
  let unsupported: string | undefined
  let rest = ''
  const messages = new Set<string>()
  const line = (text: string): void => {
    const count = /errors ignored on restore: (\d+)/.exec(text)?.[1]
    if (count !== undefined) ignored = Number(count)
    const error = /(?:^|: )(?:error|ERROR|FATAL): +(.*)$/.exec(text)?.[1] ?? RESTRICTED.exec(text)?.[0]
    if (error === undefined) return
    errors++
    unsupported ??= /^unsupported version/.test(error) ? masked(error) : undefined
    if (messages.size < KEPT) messages.add(masked(error))
  }
  stderr.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = (lines.pop() ?? '').slice(0, 4096)
    for (const one of lines) line(one)
  })
  return () => ({ errors, ignored, messages: [...messages], ...(unsupported === undefined ? {} : { unsupported }) })
}

/** Names of objects say what to do; anything else in quotes may be a value of a row. */
function masked(error: string): string {
  const text = error.replace(/^could not execute query: +(?:ERROR|FATAL): +/, '').replace(/ at character \d+$/, '')
  const naming =
    /^(?:role|schema|relation|type|extension|function|operator|tablespace|collation|language|database|permission denied)\b/
  return (naming.test(text) ? text : text.replace(/["'«„“‘‹][\s\S]*["'»“”’›]/, '"…"')).slice(0, 200)
}

/** Since 2025-08 psql can be told to follow no meta-command; before that a dump could make it run or connect to anything. */
const RESTRICTS: Readonly<Record<number, number>> = { 13: 22, 14: 19, 15: 14, 16: 10, 17: 6 }

async function assertRestrictable(psql: string, options: Running): Promise<void> {
  const child = startProcess([psql, '--version'], { ...options, onMissing: notInstalled })
  child.stdin.end()
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(0, 200)
  })
  child.stderr.resume()
  await child.ended
  const [, major = '0', minor = '0'] = /(\d+)\.?(\d+)?/.exec(text) ?? []
  const least = RESTRICTS[Number(major)] ?? (Number(major) >= 18 ? 0 : Number.POSITIVE_INFINITY)
  if (Number(minor) >= least) return
  throw new CheckError(`${psql} ${major}.${minor} follows whatever commands a plain dump holds; it was not restored`, {
    hint: 'use a psql of 13.22, 14.19, 15.14, 16.10, 17.6, 18 or later',
  })
}

function notInstalled(program: string): Error {
  return new CheckError(`${program} is not installed here`, {
    hint: 'install the client programs of PostgreSQL, or name them in restore: { pg_restore:, psql: }',
  })
}

function isPipe(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'EPIPE' || code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE'
}
