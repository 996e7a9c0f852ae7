/** From the key a row holds to the key a store knows: operations applied one after the other, on bytes. */
import { type Key, keyFromLatin1, keyFromText, keyToText } from '../lib/key.js'
import { compileRegex } from '../lib/regex.js'

/** One of these each. */
export interface RewriteOp {
  readonly strip_prefix?: string | undefined
  readonly add_prefix?: string | undefined
  readonly url_path?: true | undefined
  readonly url_decode?: true | undefined
  readonly regex?: readonly [from: string, to: string] | undefined
}

export interface Rewritten {
  readonly key: Key
  /** Whether any operation changed or claimed the key; where none applies it stays as it is. */
  readonly applied: boolean
}

export type Rewrite = (key: Key) => Rewritten

type Step = (key: Key) => Key | undefined

/** Throws RE2JSException on a pattern that is none. */
export function compileRewrite(ops: readonly RewriteOp[]): Rewrite {
  const steps = ops.map(compileStep)
  return (key) => {
    let current = key
    let applied = false
    for (const step of steps) {
      const next = step(current)
      if (next === undefined) continue
      current = next
      applied = true
    }
    return { key: current, applied }
  }
}

/** Why a pattern is not a regular expression; undefined where it is one. */
export function patternProblem(pattern: string): string | undefined {
  try {
    compileRegex(pattern)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function compileStep(op: RewriteOp): Step {
  if (op.strip_prefix !== undefined) {
    const prefix = keyFromText(op.strip_prefix)
    return (key) => (key.startsWith(prefix) ? keyFromLatin1(key.slice(prefix.length)) : undefined)
  }
  if (op.add_prefix !== undefined) {
    const prefix = keyFromText(op.add_prefix)
    return (key) => keyFromLatin1(prefix + key)
  }
  if (op.url_path !== undefined) return urlPath
  if (op.url_decode !== undefined) return urlDecode
  return op.regex === undefined ? () => undefined : regexStep(op.regex)
}

// RFC 3986, appendix B: scheme and authority, or authority alone, before the path.
const AUTHORITY = /^(?:[A-Za-z][A-Za-z0-9+.-]*:)?\/\/[^/?#]*/

/** The path of a URL without its leading slash, query and fragment: what an object store knows it as. */
function urlPath(key: Key): Key | undefined {
  const authority = AUTHORITY.exec(key)
  if (authority === null) return undefined
  const path = key.slice(authority[0].length).replace(/[?#][\s\S]*$/, '')
  return keyFromLatin1(path.startsWith('/') ? path.slice(1) : path)
}

const ESCAPE = /%([0-9A-Fa-f]{2})/g

/** `%41` becomes its byte, once. A `+` and a `%` without two hex digits stay what they are. */
export function urlDecode(key: Key): Key | undefined {
  const decoded = key.replace(ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return decoded === key ? undefined : keyFromLatin1(decoded)
}

/**
 * Every match is replaced; `$1` and `$<name>` stand for groups. Keys are matched as text; one that is not UTF-8 is
 * matched byte by byte, so that its good parts can still be rewritten and its bytes survive.
 */
function regexStep([from, to]: readonly [string, string]): Step {
  const pattern = compileRegex(from)
  const bytesTo = keyFromText(to)
  return (key) => {
    const text = keyToText(key)
    const valid = keyFromText(text) === key
    const matcher = pattern.matcher(valid ? text : key)
    if (!matcher.find()) return undefined
    matcher.reset()
    const replaced = matcher.replaceAll(valid ? to : bytesTo)
    return valid ? keyFromText(replaced) : keyFromLatin1(replaced)
  }
}
