/** Takes the manifest of a store for a record: what is in it, key by key, in one pass that holds a page. */
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createDeflate } from 'node:zlib'
import { CheckError } from '../../lib/errors.js'
import { keyToJson } from '../../lib/key.js'
import { count } from '../../lib/text.js'
import type { Json } from '../../lib/value.js'
import { disorderNotes, type Gap, type Store, UnorderedError } from '../../stores/store.js'
import type { Check, CheckRecordSeen, Context, Observation, Sighting } from '../kind.js'
import { type Report, reporting } from '../reporting.js'
import { checksumSelection } from './fields.js'
import { type Manifest, sampleText } from './manifest.js'
import { createManifestWriter } from './manifest-form.js'
import { digestsOf } from './recorded-digests.js'
import { keyNow, type Rules } from './rules.js'
import type { ArtifactsSpec, ManifestSpec } from './schema.js'

type Take = Extract<CheckRecordSeen, { readonly take: true }>

interface Tally {
  entries: number
  /** Not to be taken for files even then. */
  odd: number
  digests: number
  readonly problems: { count: number; first: string }
  readonly gaps: Gap[]
}

/** More parts that cannot be listed than this are no manifest. */
const MOST_GAPS = 1000

export async function* takeManifest(
  check: Check<ArtifactsSpec>,
  rules: Rules,
  context: Context & { readonly record: Take },
): AsyncGenerator<Sighting, Observation, void> {
  const { spec } = check
  const name = rules.stores[0] as string
  const store = context.connections.store(name)
  if (!store.features.list)
    throw new CheckError(`${store.label} cannot be listed, so there is no manifest of it`, { at: { path: ['store'] } })
  const checksum = checksumSelection(spec) === 'none' ? 'none' : (spec.manifest as ManifestSpec).checksum
  if (checksum === 'known' && store.features.digests !== true)
    throw new CheckError(`${store.label} knows no checksums by itself`, {
      at: { path: ['manifest', 'checksum'] },
      hint: 'name an algorithm, as sha256: every content is read then',
    })
  const tally = yield* reporting(context.signal, async (report, signal) => {
    await store.probe({ signal })
    const taking = { store, checksum, rules, report, signal, record: context.record, name }
    try {
      return await write(taking)
    } catch (error) {
      // A store that is seen not to list in order is sorted from then on.
      if (!(error instanceof UnorderedError)) throw error
      return write(taking)
    }
  })
  const empty = tally.entries === 0 && tally.gaps.length === 0
  if (empty && spec.plausible?.empty_store !== 'allow')
    throw new CheckError(`${store.label} has nothing to be recorded: it may be the wrong place, or not be mounted`, {
      hint: 'if it is to be empty, say so with plausible: { empty_store: allow }',
    })
  const manifest: Manifest = {
    v: 1,
    label: store.label,
    prefix: spec.scope?.prefix ?? '',
    checksum,
    of: checksum === 'none' ? 'none' : sampleText(spec),
    entries: tally.entries,
    gaps: tally.gaps.map(({ from, to, reason }) => ({
      from: keyToJson(from),
      to: to === undefined ? null : keyToJson(to),
      reason,
    })),
  }
  return observationOf(manifest, tally, disorderNotes(name, store))
}

function observationOf(manifest: Manifest, tally: Tally, notes: readonly string[]): Observation {
  const { entries, odd, digests, problems, gaps } = tally
  const [gap] = gaps
  const unlisted = gap === undefined ? undefined : `${count(gaps.length, 'part')} could not be listed: ${gap.reason}`
  const unread =
    problems.count === 0
      ? digests
      : { unobserved: `of ${count(problems.count, 'entry', 'entries')} there is no checksum: ${problems.first}` }
  return {
    subjects: {
      rows: entries - odd,
      entries: unlisted === undefined ? entries : { unobserved: unlisted },
      ...(manifest.checksum === 'none' ? {} : { verified: unread }),
    },
    kept: manifest as unknown as Json,
    notes: [...notes, ...(odd === 0 ? [] : [`${count(odd, 'entry', 'entries')} cannot be read as files already`])],
    skip: 'it is recorded, and held against nothing yet',
    method: 'list',
  }
}

interface Taking {
  readonly name: string
  readonly store: Store
  readonly checksum: ManifestSpec['checksum']
  readonly rules: Rules
  readonly record: Take
  readonly report: Report
  readonly signal: AbortSignal
}

async function write(taking: Taking): Promise<Tally> {
  const { record, signal } = taking
  const tally: Tally = { entries: 0, odd: 0, digests: 0, problems: { count: 0, first: '' }, gaps: [] }
  const file = createWriteStream(record.part, { mode: 0o600 })
  await pipeline(blocks(taking, tally), createDeflate(), file, { signal })
  return tally
}

async function* blocks(taking: Taking, tally: Tally): AsyncGenerator<Buffer, void, void> {
  const { store, checksum, rules, record, report, signal, name } = taking
  const { rewrite, scopePrefix } = rules
  const writer = createManifestWriter()
  const listed = store.list({
    ...(rewrite === undefined && scopePrefix !== '' ? { prefix: scopePrefix } : {}),
    want: { size: true, modified: false },
    signal,
  })
  for await (const page of listed) {
    for (const gap of page.gaps ?? []) addGap(tally, gap, store)
    const entries = page.entries.filter(({ key, placeholder }) => {
      const now = keyNow(rules, key)
      return placeholder !== true && rules.inScope(now) && !rules.isIgnored(key) && !rules.isIgnored(now)
    })
    refuseSecrets(entries, record, store)
    const digests = await digestsOf(entries, { store, checksum, rules, signal })
    for (const [index, { key, size, unreadable }] of entries.entries()) {
      const digest = digests[index]
      // It was there a moment ago.
      if (digest === undefined) continue
      tally.entries++
      if (unreadable !== undefined) tally.odd++
      else if (digest.startsWith('!')) noteProblem(tally, digest.slice(1))
      else if (digest !== '') tally.digests++
      const block = writer.add({ key, size, digest, odd: unreadable !== undefined })
      if (block !== undefined) yield block
    }
    report({ stage: `recording ${name}`, done: tally.entries, unit: 'entries' })
  }
  yield writer.rest()
}

function addGap({ gaps }: Tally, gap: Gap, store: Store): void {
  gaps.push(gap)
  if (gaps.length > MOST_GAPS)
    throw new CheckError(`more than ${MOST_GAPS} parts of ${store.label} cannot be listed: ${gap.reason}`)
}

function noteProblem({ problems }: Tally, problem: string): void {
  if (problems.count++ === 0) problems.first = problem
}

/** Lists of keys are never redacted: what is called otherwise is another key. */
function refuseSecrets(entries: readonly { readonly key: string }[], { holdsSecret }: Take, { label }: Store): void {
  const isSecret = (keys: readonly string[]) => holdsSecret(Buffer.from(keys.join('\n'), 'latin1').toString('utf8'))
  if (!isSecret(entries.map(({ key }) => key)) || !entries.some(({ key }) => isSecret([key]))) return
  throw new CheckError(`a key in ${label} holds a secret, which no record may: no manifest is kept of it`)
}
