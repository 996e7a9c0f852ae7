/** What a record says of a manifest beside its entries, and whether this check can be held against it. Light. */
import * as z from 'zod'
import { CheckError } from '../../lib/errors.js'
import { type Key, keyFromJson } from '../../lib/key.js'
import type { Context } from '../kind.js'
import { checksumSelection } from './fields.js'
import { type ArtifactsSpec, MANIFEST_CHECKSUMS } from './schema.js'

const key = z.object({ key: z.string(), key_b64: z.string().exactOptional() })

const form = z.object({
  v: z.literal(1),
  /** Where it was taken. */
  label: z.string(),
  prefix: z.string(),
  checksum: z.enum(MANIFEST_CHECKSUMS),
  /** `all`, `1/100`; `none` where no checksum was taken. */
  of: z.string(),
  entries: z.int().min(0),
  /** Parts that could not be listed then. */
  gaps: z.array(z.object({ from: key, to: key.nullable(), reason: z.string() })),
})

export type Manifest = z.output<typeof form>

export interface RecordedManifest {
  readonly manifest: Manifest
  readonly part: () => AsyncIterable<Uint8Array>
}

/** Which checksums a check has of a manifest, as it stands in the record. */
export function sampleText({ verify }: ArtifactsSpec): string {
  const stated = verify?.checksum ?? 'none'
  return typeof stated === 'string' ? stated : stated.sample
}

/** A CheckError where there is none, or it says nothing about what this check asks. */
export function recordedManifest(spec: ArtifactsSpec, record: Context['record']): RecordedManifest {
  const hint = 'postflight snapshot -o before.snapshot, before the migration'
  if (record === undefined || 'missing' in record)
    throw new CheckError(record?.missing ?? 'no baseline was given (--baseline FILE, or --no-baseline)', { hint })
  const parsed = 'kept' in record ? form.safeParse(record.kept) : undefined
  if (parsed?.success !== true || !('kept' in record) || record.part === undefined)
    throw new CheckError('the baseline holds no manifest of this check', { hint })
  const manifest = parsed.data
  const prefix = spec.scope?.prefix ?? ''
  if (manifest.prefix !== prefix)
    throw new CheckError(
      `the manifest was taken of ${words(manifest.prefix)}, and this check is about ${words(prefix)}`,
      {
        at: { path: prefix === '' ? ['manifest'] : ['scope', 'prefix'] },
        hint: 'take the record with the same check file',
      },
    )
  const asked = checksumSelection(spec) === 'none' ? 'none' : sampleText(spec)
  if (asked !== 'none' && manifest.of !== 'all' && manifest.of !== asked)
    throw new CheckError(
      manifest.of === 'none'
        ? 'the manifest was taken without checksums'
        : `the manifest has the checksums of another sample, ${manifest.of}`,
      { at: { path: ['verify', 'checksum'] }, hint: 'take the record with the same check file' },
    )
  return { manifest, part: record.part }
}

interface UnlistedThen {
  readonly words: string
  readonly holds: (key: Key) => boolean
}

/** What could not be listed when the record was taken: what is there now may have been there then. */
export function unlistedThen({ gaps }: Manifest): readonly UnlistedThen[] {
  return gaps.map((gap) => {
    const from = keyFromJson(gap.from)
    const to = gap.to === null ? undefined : keyFromJson(gap.to)
    return {
      words: `not listed when it was recorded, from ${JSON.stringify(gap.from.key)}: ${gap.reason}`,
      holds: (key) => from <= key && (to === undefined || key < to),
    }
  })
}

function words(prefix: string): string {
  return prefix === '' ? 'all keys' : `the keys below ${JSON.stringify(prefix)}`
}
