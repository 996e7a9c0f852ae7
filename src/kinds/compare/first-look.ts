/** Both tables compared as they were at one moment each: sums first, then the rows where those differ. */
import { createPlainSpool, createSpool, type PlainSpool, type SortedSpool } from '../../lib/spool.js'
import type { SqlSession } from '../../sql/source.js'
import type { Report } from '../reporting.js'
import { added, type Digest, digestOf, maskFor, unlike } from './digest.js'
import type { Side } from './expression.js'
import type { Hashing } from './hashing.js'
import { type Hashings, hashingsOf } from './hashings.js'
import { sortKey } from './key-cells.js'
import type { Parts } from './parts.js'
import type { CompareSpec } from './schema.js'
import { onBoth, type Sessions } from './sessions.js'
import { type Differing, differences } from './side-by-side.js'
import { bucketsQuery } from './sql.js'
import { alikeOf, rowText } from './tolerated.js'
import { gapsOf } from './untold.js'

export interface FirstLook {
  readonly hashings: Hashings
  readonly rows: Readonly<Record<Side, number>>
  /** Keys of which rows differ, as they are sorted, with how many. */
  readonly differing: PlainSpool
  /** Of what of the tables nothing could be told. */
  readonly gaps: readonly string[]
}

export interface FirstLookOptions {
  readonly spec: CompareSpec
  readonly scratch: string
  readonly signal: AbortSignal
  readonly report: Report
  /** Bytes of keys that are held in memory before they go to disk. */
  readonly heldBytes?: number | undefined
}

/** Of one pair of sessions. What differs, where it was the last to end: then both sides are put side by side. */
export type LookAtPart = (sessions: Sessions) => Promise<FirstLook | undefined>

/** Whichever sessions look at a part, all have to see the same moment of each side. */
export function lookInParts(options: FirstLookOptions, parts: Parts): readonly LookAtPart[] {
  const total = parts.source.length + parts.target.length
  const unit = total === 2 ? 'tables' : 'parts'
  const tell = (done: number): void => options.report({ stage: 'hashing', done, total, unit })
  const count = Math.max(parts.source.length, parts.target.length)
  let [left, done] = [count, 0]
  let begun: Promise<Begun> | undefined
  const digests: Partial<Record<Side, Digest>> = {}
  const lookAt = async (sessions: Sessions, at: number): Promise<FirstLook | undefined> => {
    begun ??= begin(options.spec, sessions)
    const { hashings, mask } = await begun
    tell(done)
    await onBoth(sessions, async (session, side) => {
      const pages = parts[side][at]
      if (pages === undefined) return
      const digest = await digestOf(hashings[side], mask, session, pages)
      digests[side] = added(digests[side], digest)
      tell(++done)
    })
    const { source, target } = digests
    if (--left > 0 || source === undefined || target === undefined) return undefined
    return unlikeRows(options, sessions, { hashings, mask, source, target })
  }
  return Array.from({ length: count }, (_, at) => (sessions) => lookAt(sessions, at))
}

interface Begun {
  readonly hashings: Hashings
  readonly mask: number
}

async function begin(spec: CompareSpec, sessions: Sessions): Promise<Begun> {
  const hashings = await hashingsOf(spec, sessions)
  const masks = await onBoth(sessions, (session, side) => maskFor(hashings[side], session))
  return { hashings, mask: Math.max(...masks) }
}

/** Reads the rows of buckets whose sums are not the same. */
async function unlikeRows(
  { scratch, signal, report, heldBytes }: FirstLookOptions,
  sessions: Sessions,
  { hashings, mask, source, target }: Begun & Readonly<Record<Side, Digest>>,
): Promise<FirstLook> {
  const rows = { source: source.rows, target: target.rows }
  const wrong = unlike(source, target)
  const found = createPlainSpool({ dir: scratch, signal, ...(heldBytes === undefined ? {} : { runBytes: heldBytes }) })
  const opened: SortedSpool[] = []
  try {
    if (wrong.length > 0) {
      const total = wrong.reduce((sum, at) => sum + sizeOf([source, target], at), 0)
      let done = 0
      const told = (more: number): void => {
        done += more
        report({ stage: 'reading rows that differ', done, total, unit: 'rows' })
      }
      const both = await onBoth(sessions, async (session, side) => {
        const spool = await rowsByKey(session, hashings[side], mask, wrong, { dir: scratch, signal }, told)
        opened.push(spool)
        return spool
      })
      for await (const { key, rows: differ } of differences(...both, alikeOf(hashings.target.pairing))) {
        await found.add(key, written(differ))
      }
    }
  } catch (error) {
    await found.close()
    throw error
  } finally {
    for (const spool of opened) await spool.close()
  }
  return { hashings, rows, differing: await found.finish(), gaps: gapsOf(hashings, [source, target]) }
}

function sizeOf(
  digests: readonly { readonly buckets: ReadonlyMap<number, { readonly rows: number }> }[],
  at: number,
): number {
  return digests.reduce((sum, { buckets }) => sum + (buckets.get(at)?.rows ?? 0), 0)
}

async function rowsByKey(
  session: SqlSession,
  hashing: Hashing,
  mask: number,
  buckets: readonly number[],
  options: { readonly dir: string; readonly signal: AbortSignal },
  told: (rows: number) => void,
): Promise<SortedSpool> {
  const spool = createSpool(options)
  const keyed = hashing.pairing.key.length
  try {
    for await (const page of session.stream(bucketsQuery(hashing, mask, buckets))) {
      for (const [hash, ...cells] of page) {
        // Of rows without a key the hash is the key.
        if (keyed === 0) await spool.add(sortKey([hash ?? null]), '')
        else await spool.add(sortKey(cells.slice(0, keyed)), rowText(hash ?? '', cells.slice(keyed)))
      }
      told(page.length)
    }
    return await spool.finish()
  } catch (error) {
    await spool.close()
    throw error
  }
}

function written({ missing, extra, changed }: Differing): string {
  return `${missing} ${extra} ${changed}`
}

/** What a record of `differing` holds beside its key. */
export function readDiffering(rest: string): Differing {
  const [missing = 0, extra = 0, changed = 0] = rest.split(' ').map(Number)
  return { missing, extra, changed }
}
