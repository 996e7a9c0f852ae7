/**
 * What an artifacts check counts. Classes of keys are parts of the keys looked for, not of the rows: a thousand rows that
 * share one missing file are not one in a thousand missing.
 */
import type { SubjectSpec } from '../kind.js'
import { checksumSelection, declaredChecksum, rowsFields, storeNames, verifiesSize, wantsSize } from './fields.js'
import type { ArtifactsSpec } from './schema.js'

type Count = Omit<SubjectSpec, 'type'>

const ZERO = { level: 'expect', matcher: 0 } as const
/** What came to be there since is no loss; what was copied half-way is told apart by nobody else. */
const NONE_NEW = { level: 'warn', matcher: 0 } as const

/** `types`: connection name → type, where the caller knows them, to say what a store can never tell. */
export function artifactsSubjects(
  spec: ArtifactsSpec,
  types: Readonly<Record<string, string>> = {},
): readonly SubjectSpec[] {
  const unlisted = storeNames(spec).find((name) => types[name] === 'http')
  const listing = unlisted === undefined ? undefined : `store "${unlisted}" is of type http and cannot be listed`
  const size = verifiesSize(spec) ? undefined : noSize(spec)
  const checksum = checksumSelection(spec) === 'none' ? noChecksum(spec) : undefined
  const flight = canBeInFlight(spec) ? undefined : noFlight(spec)
  const counts: readonly Count[] = [
    {
      name: 'rows',
      unit: 'rows',
      meaning: 'Rows read, `explained_by` not counted; with `manifest`, entries of the record.',
    },
    {
      name: 'entries',
      unit: 'entries',
      meaning: 'Entries of the store within the scope, directory placeholders not counted.',
      ...unobserved(listing),
    },
    { name: 'matched', unit: 'keys', of: 'examined', meaning: 'Keys of rows that have an entry.' },
    {
      name: 'missing',
      unit: 'keys',
      of: 'examined',
      meaning: 'Keys of rows, or of the record, without an entry.',
      default: ZERO,
    },
    {
      name: 'orphaned',
      unit: 'entries',
      of: 'entries',
      meaning: 'Entries without a row; with `manifest`, those the record does not have, which warn unless `0`.',
      ...orphanedDefault(spec, listing ?? ignoresAll(spec)),
    },
    { name: 'size_mismatch', unit: 'keys', of: 'examined', meaning: 'Entries of another size.', ...zeroUnless(size) },
    {
      name: 'checksum_mismatch',
      unit: 'keys',
      of: 'examined',
      meaning: 'Entries whose content has another checksum.',
      ...zeroUnless(checksum),
    },
    {
      name: 'unverifiable',
      unit: 'keys',
      of: 'rows',
      meaning: 'Keys about which something that was to be verified could not be told.',
      default: { level: 'tell', matcher: 0 },
    },
    {
      name: 'renamed',
      unit: 'keys',
      of: 'examined',
      meaning: 'Missing keys that exist under another spelling.',
      ...unobserved(listing),
    },
    { name: 'forbidden', unit: 'keys', of: 'rows', meaning: 'Keys the store refuses to show.', default: ZERO },
    { name: 'unreadable', unit: 'keys', of: 'rows', meaning: 'Entries that cannot be read.', default: ZERO },
    {
      name: 'archived',
      unit: 'keys',
      of: 'examined',
      meaning: 'Entries that must be restored before they can be read.',
    },
    { name: 'unsafe_key', unit: 'keys', of: 'rows', meaning: 'Keys that are never looked up (`..`).', default: ZERO },
    { name: 'no_key', unit: 'rows', of: 'rows', meaning: 'Rows whose key is NULL or empty.', default: ZERO },
    {
      name: 'zero_bytes',
      unit: 'keys',
      of: 'examined',
      meaning: 'Empty entries of rows that declare no size.',
      ...(wantsSize(spec) ? { default: { level: 'warn', matcher: 0 } as const } : {}),
    },
    {
      name: 'in_flight',
      unit: 'keys',
      of: 'examined',
      meaning: 'Keys without an entry whose rows are younger than `grace`.',
      ...(flight === undefined ? inFlightDefault(spec) : { unobserved: flight }),
    },
    { name: 'duplicate_refs', unit: 'keys', of: 'rows', meaning: 'Keys that several rows refer to.' },
    { name: 'examined', unit: 'keys', of: 'rows', meaning: 'Keys of rows that were looked for.' },
    {
      name: 'verified',
      unit: 'keys',
      of: 'examined',
      meaning: 'Keys whose content has the declared checksum.',
      ...unobserved(checksum),
    },
  ]
  return counts.map((count) => ({ type: 'count', ...count }))
}

function unobserved(reason: string | undefined) {
  return reason === undefined ? {} : { unobserved: reason }
}

function zeroUnless(reason: string | undefined) {
  return reason === undefined ? { default: ZERO } : { unobserved: reason }
}

function orphanedDefault({ manifest }: ArtifactsSpec, reason: string | undefined) {
  return reason === undefined && manifest !== undefined ? { default: NONE_NEW } : unobserved(reason)
}

function noFlight({ manifest }: ArtifactsSpec): string {
  if (manifest !== undefined) return 'a record has no times: nothing can be in flight'
  return 'needs `grace` and a `time` column: nothing can be in flight'
}

function noSize(spec: ArtifactsSpec): string {
  return spec.verify?.size === 'none' ? '`verify.size` is none' : 'no query declares a `size`'
}

function noChecksum(spec: ArtifactsSpec): string {
  if (declaredChecksum(spec) !== undefined) return '`verify.checksum` is none or not stated'
  return spec.manifest === undefined ? 'no query declares a `checksum`' : 'the manifest has no `checksum`'
}

function ignoresAll({ ignore = [] }: ArtifactsSpec): string | undefined {
  const all = ignore.find((glob) => /^(?:\*\*\/)*\*\*$|^(?:\*\*\/)+\*$/.test(glob))
  return all === undefined ? undefined : `\`ignore\` has ${all}, so no entry can be an orphan`
}

export function canBeInFlight(spec: ArtifactsSpec): boolean {
  return spec.grace !== undefined && rowsFields(spec).some(({ query }) => query.time !== undefined)
}

/** A percentage of no rows cannot be told, so where no rows are allowed nothing is expected of it. */
function inFlightDefault(spec: ArtifactsSpec) {
  if (spec.plausible?.empty_rows === 'allow') return {}
  return { default: { level: 'expect', matcher: { lte: '1%' } } } as const
}
