import { CheckError } from '../../lib/errors.js'
import { formatDuration, formatSize } from '../../lib/units.js'
import { TimeUp, withDeadline } from '../../probes/deadline.js'
import { valuesAt } from '../../probes/json-path.js'
import { type Captured, type Ended, KEPT_BYTES, runCommand } from '../../writes/command.js'
import type { Check, Context, Observation, Observed, Sighting } from '../kind.js'
import type { CommandSpec } from './kind.js'

const JSON_FAMILY = 'json:'

export async function* observe(
  check: Check<CommandSpec>,
  context: Context,
): AsyncGenerator<Sighting, Observation, void> {
  const { command } = check.spec
  yield { type: 'progress', done: 0, total: 1, unit: 'programs', stage: `running ${command[0]}` }
  return told(check, context, await ran(check, context))
}

async function told(check: Check<CommandSpec>, context: Context, ended: Ended): Promise<Observation> {
  const stdout = textOf(ended.stdout, 'standard output')
  const stderr = textOf(ended.stderr, 'standard error')
  const notes = [...stdout.notes, ...stderr.notes]
  if (ended.exit !== 0 && ended.stderr.size > 0 && !context.showData) {
    notes.push(`it said ${formatSize(ended.stderr.size)} on standard error; --show-data shows it`)
  }
  const own = { exit: ended.exit, stdout: stdout.observed, stderr: stderr.observed }
  return {
    subjects: { ...own, duration: Math.round(ended.duration), ...(await jsonValues(check, stdout.observed)) },
    notes,
    ...(check.from === 'local' ? {} : { method: await context.vantage.method({ signal: context.signal }) }),
  }
}

async function ran({ spec, timeoutMs }: Check<CommandSpec>, context: Context): Promise<Ended> {
  const { vantage, allowed } = context
  const { command: argv, cwd, env, input = '', user } = spec
  let limit = timeoutMs
  try {
    return await withDeadline(context.signal, timeoutMs, (signal, ms) => {
      limit = ms
      return runCommand({ argv, cwd, env, input, user }, { vantage, allowed, signal })
    })
  } catch (cause) {
    if (!(cause instanceof TimeUp)) throw cause
    throw new CheckError(`${vantage.label}: ${argv[0]} did not end within ${formatDuration(limit)}; it was ended`, {
      cause,
      hint: 'see what it waits for, or give the check a longer `timeout`',
    })
  }
}

interface Text {
  readonly observed: string | { readonly unobserved: string }
  readonly notes: readonly string[]
}

function textOf({ bytes, size }: Captured, what: string): Text {
  if (bytes === undefined) {
    const unobserved = `it printed ${formatSize(size)} to ${what}, more than the ${formatSize(KEPT_BYTES)} that are kept`
    return { observed: { unobserved }, notes: [] }
  }
  const text = bytes.toString('utf8')
  const notes = Buffer.from(text).equals(bytes) ? [] : [`its ${what} is not UTF-8 throughout; what is not is U+FFFD`]
  return { observed: text.replace(/[\r\n]+$/, ''), notes }
}

async function jsonValues(
  { assertions }: Check<CommandSpec>,
  stdout: Text['observed'],
): Promise<Readonly<Record<string, Observed>>> {
  const names = [...new Set(assertions.map(({ subject }) => subject))].filter((name) => name.startsWith(JSON_FAMILY))
  if (names.length === 0) return {}
  if (typeof stdout !== 'string') return Object.fromEntries(names.map((name) => [name, stdout]))
  const paths = names.map((name) => name.slice(JSON_FAMILY.length))
  const values = await valuesAt(stdout, paths, 'its standard output')
  return Object.fromEntries(names.map((name, index) => [name, values[paths[index] ?? ''] ?? null]))
}
