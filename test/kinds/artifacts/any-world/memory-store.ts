/** A store in memory that keeps the contract, however badly the plan says it behaves. Not a real one. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Key } from '../../../../src/lib/key.js'
import {
  type Entry,
  type ListOptions,
  type Page,
  type Store,
  StoreError,
  type Want,
} from '../../../../src/stores/store.js'
import { HERE, moment } from './clock.js'
import type { EntryPlan, StorePlan } from './plan.js'

export interface MemoryStore {
  readonly store: Store
  /** Last key of the pages given before the listing broke off, if it did; `undefined` in it where there was none. */
  readonly broke: () => { readonly after: Key | undefined } | undefined
}

export function memoryStore(name: string, plan: StorePlan): MemoryStore {
  let broke: { readonly after: Key | undefined } | undefined
  const fail = (code: StoreError['code'], what: string) => new StoreError(code, `${name}: ${what}`)
  const planned = (key: Key): EntryPlan | undefined => plan.entries.find((one) => one.key === key)
  const obstruct = (key: Key) => {
    const trouble = plan.trouble.find((one) => one.key === key)
    if (trouble !== undefined) throw fail(trouble.code, 'as planned')
  }
  async function* list({ signal, want, ...range }: ListOptions): AsyncGenerator<Page, void, void> {
    const within = (key: Key) =>
      key.startsWith(range.prefix ?? '') &&
      (range.after === undefined || key > range.after) &&
      (range.before === undefined || key < range.before)
    const listed = plan.entries.filter(({ key, state }) => within(key) && state !== 'unlisted' && !inGap(key, plan))
    const sorted = listed.toSorted((a, b) => (a.key < b.key ? -1 : 1))
    const entries = plan.ordered ? sorted : sorted.toReversed()
    const gaps = plan.gaps.toSorted((a, b) => (a.from < b.from ? -1 : 1))
    let last: Key | undefined
    let at = 0
    for (let page = 0; ; page++) {
      signal.throwIfAborted()
      if (page === plan.breaksAfter) {
        broke = { after: plan.ordered ? last : undefined }
        throw fail('unavailable', 'the connection was reset')
      }
      const part = entries.slice(at, at + (plan.pages[page % plan.pages.length] ?? 1))
      at += part.length
      const end = plan.ordered && at < entries.length ? part.at(-1)?.key : undefined
      const due =
        at >= entries.length || !plan.ordered ? gaps.length : gaps.filter(({ from }) => from <= (end ?? '')).length
      const told = gaps.splice(0, due).map((gap) => ({ ...gap, code: 'unreadable' as const, reason: 'as planned' }))
      last = part.at(-1)?.key ?? last
      yield {
        entries: part.map((one) => wanted(entryOf(one, plan), want)),
        ...(told.length === 0 ? {} : { gaps: told }),
      }
      if (at >= entries.length) return
    }
  }
  const store: Store = {
    label: name,
    features: {
      list: plan.lists,
      order: plan.ordered ? 'bytes' : 'none',
      size: plan.sizes,
      dated: plan.dated,
      digests: plan.entries.some(({ digests }) => digests),
      ...(plan.together === undefined ? {} : { together: plan.together }),
    },
    probe: async () => undefined,
    refuse: (key) => (plan.refuses && isRefused(key) ? 'refused' : undefined),
    list,
    stat: async (key, { digests, signal }) => {
      signal.throwIfAborted()
      obstruct(key)
      const found = planned(key)
      if (found === undefined) return undefined
      const entry = entryOf(found, plan)
      return digests === true && found.digests ? { ...entry, digests: digestsOf(found.content) } : entry
    },
    open: async (key) => {
      obstruct(key)
      const found = planned(key)
      if (found === undefined) throw fail('absent', 'there is no such entry')
      if (found.reading === 'forbidden') throw fail('forbidden', 'reading is refused')
      return Readable.from(contentOf(found), { objectMode: false })
    },
    close: async () => undefined,
  }
  return { store, broke: () => broke }
}

export function isRefused(key: string): boolean {
  return key.startsWith('/') || key.includes('\0') || key.split('/').includes('..')
}

export function inGap(key: Key, { gaps }: StorePlan): boolean {
  return gaps.some(({ from, to }) => key >= from && (to === undefined || key < to))
}

export function isPlaceholder({ key, content }: EntryPlan): boolean {
  return key.endsWith('/') && content === ''
}

function entryOf(planned: EntryPlan, plan: StorePlan): Entry {
  const { key, content, modified, state } = planned
  return {
    key,
    ...(plan.sizes ? { size: content.length } : {}),
    ...(modified === undefined ? {} : { modified: moment(HERE, modified) }),
    ...(state === 'archived' ? { archived: 'GLACIER' } : {}),
    ...(state === 'unreadable' ? { unreadable: 'a socket' } : {}),
    ...(isPlaceholder(planned) ? { placeholder: true } : {}),
  }
}

/** No more than what is asked for, so that nobody relies on more. */
function wanted({ size, modified, ...entry }: Entry, want: Want = { size: true, modified: true }): Entry {
  return { ...entry, ...(want.size ? { size } : {}), ...(want.modified ? { modified } : {}) }
}

function digestsOf(content: string) {
  const digest = (algorithm: 'md5' | 'sha256') => createHash(algorithm).update(content).digest('hex')
  return { md5: digest('md5'), sha256: digest('sha256') }
}

async function* contentOf({ content, reading }: EntryPlan) {
  const half = Math.floor(content.length / 2)
  if (half > 0) yield content.slice(0, half)
  if (reading === 'breaks') throw Object.assign(new Error('as planned'), { code: 'ECONNRESET' })
  if (reading !== 'short') yield content.slice(half)
}
