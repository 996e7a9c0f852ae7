/** `known:` findings, with the keys of a list file read in. */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Known } from '../kinds/kind.js'
import { type Key, keyFromLatin1, keyFromText } from '../lib/key.js'
import { compileRegex } from '../lib/regex.js'
import type { KnownField } from './common.js'
import { hasExpired } from './fields.js'
import type { Problems } from './problems.js'
import { type MapNode, nearestNode } from './tree.js'

/** What is known, or undefined where nothing is or the list has expired, which is told as a warning. */
export function readKnown(
  known: KnownField | undefined,
  check: { readonly what: string; readonly tree: MapNode },
  { now, problems }: { readonly now: Date; readonly problems: Problems },
): Known | undefined {
  if (known === undefined) return undefined
  const { span } = nearestNode(check.tree, ['known', 'keys'])
  if (known.expires !== undefined && hasExpired(known.expires, now)) {
    const at = nearestNode(check.tree, ['known', 'expires']).span
    problems.warn(`the known findings of ${check.what} expired on ${known.expires} and are judged again`, at)
    return undefined
  }
  const rest = {
    reason: known.reason,
    ...(known.max === undefined ? {} : { max: known.max }),
    ...(known.expires === undefined ? {} : { expires: known.expires }),
  }
  if (Array.isArray(known.keys)) return { keys: new Set(known.keys.map(keyFromText)), ...rest }
  if (typeof known.keys === 'object' && 'match' in known.keys) {
    const { match } = known.keys
    try {
      compileRegex(match)
      return { keys: new Set(), match, ...rest }
    } catch {
      const at = nearestNode(check.tree, ['known', 'keys', 'match']).span
      problems.error(`"${match}" is not a regular expression`, at, {
        hint: 'RE2 syntax: no look-around, no back-references',
      })
      return undefined
    }
  }
  const file = String(known.keys)
  try {
    return { keys: new Set(readKeys(resolve(dirname(span.source.path), file))), ...rest }
  } catch (error) {
    problems.error(`cannot read the known keys in "${file}" (${(error as NodeJS.ErrnoException).code})`, span)
    return undefined
  }
}

/** One key a line as `--findings` writes them; NUL-separated where the file has a NUL. */
export function readKeys(path: string): readonly Key[] {
  const text = readFileSync(path, 'latin1')
  const keys = text.includes('\0') ? text.split('\0') : text.split(/\r?\n/)
  return keys.filter((key) => key !== '').map(keyFromLatin1)
}
