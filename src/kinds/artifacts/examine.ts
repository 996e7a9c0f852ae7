/** Holds what rows say of a key against the entry of that key. Pure; content is `verify.ts`. */
import { sizeAgrees, sizeBytes } from '../../compare/declared-size.js'
import { type Json, valueToJson } from '../../lib/value.js'
import type { Entry } from '../../stores/store.js'
import type { Claim } from './claim.js'
import type { Mark } from './residue.js'
import type { Rules } from './rules.js'

const NONE: readonly Mark[] = []

type ExamineRules = Pick<Rules, 'verifiesSize' | 'verifiesChecksum' | 'examinesSize'>

/** What is wrong with the entry of a key that rows promise; nothing where all that can be told so far is right. */
export function examine(claim: Claim, entry: Entry | undefined, rules: ExamineRules): readonly Mark[] {
  if (entry === undefined) return [absent(claim)]
  const refs = claim.refs
  if (entry.unreadable !== undefined) return [{ finding: 'unreadable', refs, reason: entry.unreadable }]
  // In a sound system nearly every entry ends here, so nothing is made for it.
  if (entry.archived === undefined && entry.size !== 0 && (!rules.verifiesSize || hasItsSize(claim, entry))) return NONE
  const marks = rules.verifiesSize ? sizeMarks(claim, entry) : []
  if (entry.archived !== undefined) {
    marks.push({ finding: 'archived', refs, actual: { storage_class: entry.archived } })
    if (rules.verifiesChecksum(claim.key)) {
      marks.push({
        finding: 'unverifiable',
        refs,
        reason: `archived (${entry.archived}): its content must be restored before it can be verified`,
      })
    }
  }
  if (rules.examinesSize && entry.size === 0 && (!rules.verifiesSize || claim.sizes.length === 0)) {
    marks.push({ finding: 'zero_bytes', refs, actual: { size: 0 } })
  }
  return marks
}

/** Whether the content of the entry is still to be held against the declared checksum. */
export function wantsChecksum(claim: Claim, entry: Entry, marks: readonly Mark[], rules: ExamineRules): boolean {
  if (!rules.verifiesChecksum(claim.key) || entry.archived !== undefined) return false
  return !marks.some(({ finding }) => finding === 'size_mismatch' || finding === 'unreadable')
}

function absent(claim: Claim): Mark {
  return {
    finding: claim.young === claim.refs ? 'in_flight' : 'missing',
    refs: claim.refs,
    ...expectedSize(claim),
    ...(claim.month === '' ? {} : { month: claim.month }),
  }
}

function hasItsSize({ sizes }: Claim, { size }: Entry): boolean {
  const [only] = sizes
  if (only === undefined) return true
  // Of more digits than these a number may be rounded, and its token is compared as text.
  return sizes.length === 1 && only.length < 16 && size !== undefined && Number(only) === size
}

function sizeMarks(claim: Claim, entry: Entry): Mark[] {
  const refs = claim.refs
  if (claim.sizes.length === 0) return []
  const valid = claim.sizes.filter((size) => size !== '!')
  const marks: Mark[] = []
  if (valid.length < claim.sizes.length) {
    marks.push({ finding: 'unverifiable', refs, reason: "the row's size is not a number of bytes" })
  }
  const actual = entry.size
  if (actual === undefined) {
    return [{ finding: 'unverifiable', refs, reason: 'the store does not say its size' }]
  }
  if (valid.every((size) => sizeAgrees(size, actual))) return marks
  const conflict = valid.length > 1 ? { reason: 'different sizes are declared of it' } : {}
  return [{ finding: 'size_mismatch', refs, ...expectedSize(claim), actual: { size: actual }, ...conflict }, ...marks]
}

function expectedSize(claim: Claim): Pick<Mark, 'expected'> {
  const sizes: readonly Json[] = claim.sizes.filter((size) => size !== '!').map((size) => valueToJson(sizeBytes(size)))
  if (sizes.length === 0) return {}
  return { expected: { size: sizes.length === 1 ? (sizes[0] ?? null) : sizes } }
}
