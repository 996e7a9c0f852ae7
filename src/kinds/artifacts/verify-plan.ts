/** What must be read of a content to verify it. What can be told neither way is unverifiable, never a silent match. */
import type { DigestAlgorithm } from '../../compare/digest.js'
import type { Key } from '../../lib/key.js'
import type { ContentDigests } from '../../stores/store.js'
import type { Budget } from './budget.js'
import type { Claim } from './claim.js'
import type { Look } from './look.js'
import type { Mark } from './residue.js'

export interface ToVerify {
  readonly key: Key
  /** Rows that promise it. */
  readonly refs: number
  /** Different ones: `sha256:…`, or `!` and why it is of no use. */
  readonly digests: readonly string[]
  /** Of its entry when it was seen last. */
  readonly size: number | undefined
}

export function toVerify({ key, refs, digests }: Claim, size: number | undefined): ToVerify {
  return { key, refs, digests, size }
}

export type Declared = readonly (readonly [DigestAlgorithm, string])[]

/** `done`: nothing needs to be read, and an undefined mark means verified. `reached`: whether the budget got that far. */
export type Plan =
  | { readonly done: true; readonly reached: boolean; readonly mark: Mark | undefined }
  | {
      readonly done: false
      readonly declared: Declared
      readonly algorithms: readonly DigestAlgorithm[]
      readonly size: number | undefined
    }

/** `found` undefined: there was no time left to look. */
export function planFor(item: ToVerify, found: Look | undefined, budget: Budget): Plan {
  const problem = item.digests.find((digest) => digest.startsWith('!'))
  if (problem !== undefined) return done(unverifiable(item, problem.slice(1)))
  if (item.digests.length === 0) return done(unverifiable(item, 'no checksum is declared of it'))
  if (found === undefined) {
    return { done: true, reached: false, mark: unverifiable(item, budget.over() ?? 'not reached') }
  }
  const refs = item.refs
  if ('mark' in found) return done({ ...found.mark, refs })
  const { entry } = found
  if (entry === undefined) return done({ finding: 'missing', refs })
  if (entry.unreadable !== undefined) return done({ finding: 'unreadable', refs, reason: entry.unreadable })
  if (entry.archived !== undefined) return done(unverifiable(item, `archived (${entry.archived})`))
  const declared = item.digests.map(splitDigest)
  if (declared.every(([algorithm]) => entry.digests?.[algorithm] !== undefined)) {
    const mark = compareDigests(item, declared, entry.digests ?? {})
    const sure = !declared.some(([algorithm]) => entry.unsure?.includes(algorithm))
    if (mark === undefined || sure) return done(mark)
  }
  const refusal = budget.take(entry.size)
  if (refusal !== undefined) return { done: true, reached: refusal.reached, mark: unverifiable(item, refusal.reason) }
  const algorithms = [...new Set(declared.map(([algorithm]) => algorithm))]
  return { done: false, declared, algorithms, size: entry.size }
}

function done(mark: Mark | undefined): Plan {
  return { done: true, reached: true, mark }
}

function splitDigest(token: string): Declared[number] {
  const colon = token.indexOf(':')
  return [token.slice(0, colon) as DigestAlgorithm, token.slice(colon + 1)]
}

/** Undefined: verified. */
export function compareDigests(
  item: ToVerify,
  declared: Declared,
  actual: ContentDigests['digests'],
): Mark | undefined {
  const wrong = declared.find(([algorithm, hex]) => actual[algorithm] !== hex)
  if (wrong === undefined) return undefined
  const [algorithm, hex] = wrong
  return {
    finding: 'checksum_mismatch',
    refs: item.refs,
    expected: { [algorithm]: hex },
    actual: { [algorithm]: actual[algorithm] ?? null },
    ...(declared.filter(([other]) => other === algorithm).length > 1
      ? { reason: 'different checksums are declared of it' }
      : {}),
  }
}

export function unverifiable(item: ToVerify, reason: string): Mark {
  return { finding: 'unverifiable', refs: item.refs, reason }
}
