/** Which checks run: what the flags name, and whatever those require. Pure. */
import { type Check, SEVERITIES } from '../kinds/kind.js'
import { didYouMean } from '../lib/did-you-mean.js'
import { UsageError } from '../lib/errors.js'

/** Values of one flag are alternatives, different flags all have to hold. Empty: no such flag. */
export interface Selection {
  /** An id, or the id before `[key]` for all of its `for_each`. */
  readonly checks?: readonly string[]
  readonly tags?: readonly string[]
  readonly notTags?: readonly string[]
  readonly severities?: readonly string[]
  readonly owners?: readonly string[]
  readonly kinds?: readonly string[]
}

export interface Selected {
  /** In the order of the files. */
  readonly checks: readonly Check[]
  /** Ids that run only because a selected check requires them. */
  readonly pulledIn: readonly string[]
  /** The flags as given, for `run:start`. */
  readonly words: readonly string[]
}

/** Throws a UsageError for an id, tag, owner, kind or severity that no check has. */
export function select(checks: readonly Check[], selection: Selection): Selected {
  const flags = flagsOf(checks)
  for (const flag of flags) {
    const known = new Set(flag.known)
    for (const value of selection[flag.name] ?? []) {
      if (!known.has(value)) throw unknown(flag.flag, value, known)
    }
  }
  const chosen = checks.filter((check) =>
    flags.every(({ name, values }) => {
      const wanted = selection[name] ?? []
      if (wanted.length === 0) return true
      return wanted.some((value) => values(check).includes(value)) === (name !== 'notTags')
    }),
  )
  const ids = withRequired(checks, chosen)
  return {
    checks: checks.filter((check) => ids.has(check.id)),
    pulledIn: [...ids].filter((id) => !chosen.some((check) => check.id === id)),
    words: flags.flatMap(({ name, flag }) => (selection[name] ?? []).map((value) => `${flag} ${value}`)),
  }
}

interface Flag {
  readonly name: keyof Selection
  readonly flag: string
  readonly values: (check: Check) => readonly string[]
  readonly known: readonly string[]
}

function flagsOf(checks: readonly Check[]): readonly Flag[] {
  const flag = (name: keyof Selection, text: string, values: Flag['values'], known?: readonly string[]): Flag => ({
    name,
    flag: text,
    values,
    known: known ?? checks.flatMap(values),
  })
  return [
    flag('checks', '--check', (check) => [check.id, check.id.replace(/\[.*$/, '')]),
    flag('tags', '--tag', (check) => check.tags),
    flag('notTags', '--not-tag', (check) => check.tags),
    flag('severities', '--severity', (check) => [check.severity], SEVERITIES),
    flag('owners', '--owner', (check) => [check.owner]),
    flag('kinds', '--kind', (check) => [check.kind]),
  ]
}

function withRequired(all: readonly Check[], chosen: readonly Check[]): ReadonlySet<string> {
  const byId = new Map(all.map((check) => [check.id, check]))
  const ids = new Set(chosen.map((check) => check.id))
  for (const id of ids) {
    for (const required of byId.get(id)?.requires ?? []) if (byId.has(required)) ids.add(required)
  }
  return ids
}

function unknown(flag: string, value: string, known: ReadonlySet<string>): UsageError {
  const near = didYouMean(value, known)
  const some = [...known].sort().slice(0, 10).join(', ')
  return new UsageError(`${flag} ${value}: no check has it`, {
    suggestions: [near ?? (some === '' ? 'none of the checks has any' : `there are: ${some}`)],
  })
}
