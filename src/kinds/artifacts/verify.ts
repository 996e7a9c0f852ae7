/**
 * Holds content against declared checksums: by a digest the store vouches for, else by reading it, as far as the budget
 * goes. What can be told neither way is unverifiable; never a silent match, never a silent mismatch.
 */
import type { DigestAlgorithm } from '../../compare/digest.js'
import { formatSize } from '../../lib/units.js'
import { type Entry, type Store, StoreError } from '../../stores/store.js'
import type { Claim } from './claim.js'
import { hashEntry } from './hash-entry.js'
import { look, obstacle } from './look.js'
import { mapLimited } from './map-limited.js'
import type { Mark } from './residue.js'

/** Looks and downloads under way at once. Hashing is this process's own work, so wider would only queue. */
const LOOKS = 32
const READS = 8

/** Bytes that may still be read. */
export interface Budget {
  readonly limit: number | undefined
  left: number
}

export function createBudget(limit: number | undefined): Budget {
  return { limit, left: limit ?? Number.POSITIVE_INFINITY }
}

export interface VerifyOptions {
  readonly store: Store
  readonly budget: Budget
  readonly signal: AbortSignal
}

type Declared = readonly (readonly [DigestAlgorithm, string])[]

/** Undefined: verified. Results stand in the order of the claims; the budget is spent in that order too. */
export async function verifyClaims(
  claims: readonly Claim[],
  options: VerifyOptions,
): Promise<readonly (Mark | undefined)[]> {
  const { store, signal } = options
  const looks = await mapLimited(claims, store.features.together ?? LOOKS, ({ key }) =>
    look(store, key, { digests: true, signal }),
  )
  const plans = claims.map((claim, index) => plan(claim, looks[index] ?? { entry: undefined }, options.budget))
  return mapLimited(plans, READS, async (step) => (step.done ? step.result : read(step, options)))
}

/** `done`: nothing needs to be read; the result is a mark, or undefined for verified. */
type Plan = ({ readonly done: false } & Reading) | { readonly done: true; readonly result: Mark | undefined }

interface Reading {
  readonly claim: Claim
  readonly declared: Declared
  readonly entry: Entry
}

function plan(claim: Claim, found: Awaited<ReturnType<typeof look>>, budget: Budget): Plan {
  const done = (result: Mark | undefined): Plan => ({ done: true, result })
  const refs = claim.refs
  if ('mark' in found) return done({ ...found.mark, refs })
  const { entry } = found
  if (entry === undefined) return done({ finding: 'missing', refs })
  if (entry.unreadable !== undefined) return done({ finding: 'unreadable', refs, reason: entry.unreadable })
  if (entry.archived !== undefined) return done(unverifiable(claim, `archived (${entry.archived})`))
  const problem = claim.digests.find((digest) => digest.startsWith('!'))
  if (problem !== undefined) return done(unverifiable(claim, problem.slice(1)))
  if (claim.digests.length === 0) return done(unverifiable(claim, 'the row declares no checksum'))
  const declared = claim.digests.map(splitDigest)
  if (declared.every(([algorithm]) => entry.digests?.[algorithm] !== undefined)) {
    return done(compareDigests(claim, declared, (algorithm) => entry.digests?.[algorithm]))
  }
  // Without a size the cost cannot be known beforehand, so under a budget it is not begun.
  const cost = entry.size ?? (budget.limit === undefined ? 0 : Number.POSITIVE_INFINITY)
  if (cost > budget.left) {
    const reading = `reading it exceeds the budget of ${formatSize(budget.limit ?? 0)}`
    return done(unverifiable(claim, `the store knows no comparable checksum, and ${reading}`))
  }
  budget.left -= cost
  return { done: false, claim, declared, entry }
}

function splitDigest(token: string): Declared[number] {
  const colon = token.indexOf(':')
  return [token.slice(0, colon) as DigestAlgorithm, token.slice(colon + 1)]
}

async function read({ claim, declared, entry }: Reading, { store, signal }: VerifyOptions): Promise<Mark | undefined> {
  try {
    const algorithms = [...new Set(declared.map(([algorithm]) => algorithm))]
    const { bytes, digests } = await hashEntry(store, claim.key, algorithms, signal)
    if (entry.size !== undefined && bytes !== entry.size) {
      return unverifiable(claim, `read ${bytes} of its ${entry.size} bytes`)
    }
    return compareDigests(claim, declared, (algorithm) => digests.get(algorithm))
  } catch (error) {
    // It was there a moment ago. Whether the file or the whole store went away, looking again will tell.
    if (error instanceof StoreError && error.code === 'absent') return { finding: 'missing', refs: claim.refs }
    return { ...obstacle(error, signal), refs: claim.refs }
  }
}

function compareDigests(
  claim: Claim,
  declared: Declared,
  actual: (algorithm: DigestAlgorithm) => string | undefined,
): Mark | undefined {
  const wrong = declared.find(([algorithm, hex]) => actual(algorithm) !== hex)
  if (wrong === undefined) return undefined
  const [algorithm, hex] = wrong
  return {
    finding: 'checksum_mismatch',
    refs: claim.refs,
    expected: { [algorithm]: hex },
    actual: { [algorithm]: actual(algorithm) ?? null },
    ...(declared.filter(([other]) => other === algorithm).length > 1
      ? { reason: 'its rows declare different checksums' }
      : {}),
  }
}

function unverifiable(claim: Claim, reason: string): Mark {
  return { finding: 'unverifiable', refs: claim.refs, reason }
}
