/**
 * Learns from one pair of keys, one in the rows and one in the store, which changes of a `rewrite` would make the second of
 * the first. What is learned is a guess until it has been tried on all the others. Pure.
 */
import { type Key, keyFromLatin1, keyFromText, keyToText } from '../lib/key.js'
import { learnPattern, type Pattern, quotePattern } from './key-pattern.js'
import { applyPrefixChange, type PrefixChange, prefixChange } from './plausibility.js'
import { compileRewrite, type RewriteOp } from './rewrite.js'

export interface KeyChange {
  /** Equal for changes that are the same. */
  readonly name: string
  /** Ready for a check file; undefined where a name that is not UTF-8 keeps it from being written in one. */
  readonly ops: readonly RewriteOp[] | undefined
  /** Undefined where it does not apply. */
  readonly apply: (key: Key) => Key | undefined
  /** What the operations make of any key there is, those too that were right as they were. */
  readonly rewrite: (key: Key) => Key
  /** Keys that do not begin with this stay as they are. */
  readonly within?: Key | undefined
  /** The change of prefix it ends with; with nothing before it, it keeps the order of keys. */
  readonly prefix?: PrefixChange | undefined
  /** Lower is plainer: of two that explain as much, the plainer one is told. */
  readonly cost: number
}

const URL_STEPS: readonly (readonly RewriteOp[])[] = [
  [],
  [{ url_path: true }],
  [{ url_decode: true }],
  [{ url_path: true }, { url_decode: true }],
]

/** All changes that make `found` of `missing`. */
export function changesBetween(missing: Key, found: Key): readonly KeyChange[] {
  return URL_STEPS.flatMap((ops): readonly KeyChange[] => {
    const before = ops.length === 0 ? missing : decode(missing, ops)
    if (before === undefined) return []
    if (before === found) return [ofSteps(ops)]
    const prefix = prefixChange(before, found)
    const last = [...(prefix === undefined ? [] : [ofPrefix(prefix)]), ...learnPattern(before, found).map(ofPattern)]
    return last.map((change) => (ops.length === 0 ? change : after(ops, change)))
  })
}

function ofSteps(ops: readonly RewriteOp[]): KeyChange {
  const all = compileRewrite(ops)
  const rewrite = (key: Key) => all(key).key
  return { name: JSON.stringify(ops), ops, apply: (key) => decode(key, ops), rewrite, cost: ops.length }
}

/** Undefined unless each of the operations has something to do. */
function decode(key: Key, ops: readonly RewriteOp[]): Key | undefined {
  let current = key
  for (const op of ops) {
    const next = compileRewrite([op])(current)
    if (!next.applied) return undefined
    current = next.key
  }
  return current === key ? undefined : current
}

function after(ops: readonly RewriteOp[], change: KeyChange): KeyChange {
  const first = compileRewrite(ops)
  return {
    name: `${JSON.stringify(ops)} ${change.name}`,
    ops: change.ops === undefined ? undefined : [...ops, ...change.ops],
    apply: (key) => {
      const { key: changed, applied } = first(key)
      return applied ? change.apply(changed) : undefined
    },
    rewrite: (key) => change.rewrite(first(key).key),
    cost: ops.length + change.cost,
  }
}

function ofPrefix(prefix: PrefixChange): KeyChange {
  const [strip, add] = [keyToText(prefix.strip), keyToText(prefix.add)]
  const writable = keyFromText(strip) === prefix.strip && keyFromText(add) === prefix.add
  return {
    name: `${prefix.strip.length}:${prefix.strip}${prefix.add}`,
    ops: writable
      ? [...(strip === '' ? [] : [{ strip_prefix: strip }]), ...(add === '' ? [] : [{ add_prefix: add }])]
      : undefined,
    apply: (key) => applyPrefixChange(key, prefix),
    rewrite: (key) => keyFromLatin1(prefix.add + (key.startsWith(prefix.strip) ? key.slice(prefix.strip.length) : key)),
    prefix,
    ...(add === '' ? { within: prefix.strip } : {}),
    // The scheme and host of a URL are better taken off as such.
    cost: strip.includes('//') ? 3 : 1,
  }
}

/** The same, but of those keys only that begin with what is taken off: `add_prefix` is put before all keys there are. */
export function onlyWhere(prefix: PrefixChange): KeyChange {
  const [from, to] = [keyToText(prefix.strip), keyToText(prefix.add)]
  const writable = keyFromText(from) === prefix.strip && keyFromText(to) === prefix.add && !to.includes('$')
  return {
    ...ofPrefix(prefix),
    ops: writable ? [{ regex: [`^${quotePattern(from)}`, to] }] : undefined,
    rewrite: (key) => applyPrefixChange(key, prefix) ?? key,
    within: prefix.strip,
  }
}

/** The pattern is one of ours, in the part of RE2 that means the same in JavaScript, which is much faster at it. */
function ofPattern([from, to]: Pattern): KeyChange {
  const pattern = new RegExp(from, 'gu')
  const apply = (key: Key): Key | undefined => {
    const text = keyToText(key)
    if (keyFromText(text) !== key) return undefined
    const changed = text.replace(pattern, to)
    return changed === text ? undefined : keyFromText(changed)
  }
  return {
    name: `${from} ${to}`,
    ops: [{ regex: [from, to] }],
    apply,
    rewrite: (key) => apply(key) ?? key,
    cost: 10 + from.length / 100,
  }
}

/** One after the other. */
export function inTurn(changes: readonly KeyChange[]): KeyChange {
  const rewrite = (key: Key) => changes.reduce((current, change) => change.rewrite(current), key)
  return {
    name: changes.map(({ name }) => name).join(' '),
    ops: changes.some(({ ops }) => ops === undefined) ? undefined : changes.flatMap(({ ops }) => ops ?? []),
    apply: (key) => {
      const changed = rewrite(key)
      return changed === key ? undefined : changed
    },
    rewrite,
    cost: changes.reduce((sum, { cost }) => sum + cost, 0),
  }
}
