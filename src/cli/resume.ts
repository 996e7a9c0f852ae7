/** Opens the journal of a run for `--resume`. */
import type { Selected } from '../engine/select.js'
import { type Journal, openJournal } from '../journal/journal.js'
import { escapeText } from '../lib/text-escape.js'
import type { LoadedSpec } from '../spec/load.js'
import type { Allowed } from '../writes/allowed.js'
import { makes } from './makes.js'
import { type RunIdentityOptions, runIdentity } from './run-identity.js'
import type { Scratch } from './scratch.js'

export interface ResumeOptions extends Pick<RunIdentityOptions, 'version' | 'connections' | 'redactor'> {
  readonly cwd: string
  /** Id of a new run. */
  readonly run: string
  readonly spec: LoadedSpec
  readonly selected: Selected
  readonly scratch: Scratch
  readonly write: (text: string) => void
  /** Digest of the record it is held against. */
  readonly baseline?: string | undefined
}

export interface ResumeRequest {
  /** Directory of the journal; undefined: none is kept. */
  readonly resume?: string | undefined
  readonly noBaseline: boolean
  readonly showData: boolean
  readonly allowed: Allowed
  /** Where the run is one part of several. */
  readonly shard?: { readonly number: number; readonly of: number; readonly cuts?: string | undefined } | undefined
}

export async function openRunJournal(request: ResumeRequest, options: ResumeOptions): Promise<Journal | undefined> {
  const { resume: dir, noBaseline, showData, allowed } = request
  if (dir === undefined) return undefined
  const { selected, spec, scratch, redactor, write, baseline } = options
  const { checks, words } = selected
  const flags = {
    '--no-baseline': noBaseline,
    '--show-data': showData,
    '--allow-commands': allowed.commands,
    '--allow-writes': allowed.writes,
  }
  const { waivers, connections: specs } = spec
  const { shard } = request
  const part =
    shard === undefined
      ? []
      : [`--shard ${shard.number}/${shard.of}`, ...(shard.cuts === undefined ? [] : [`--cuts ${shard.cuts}`])]
  const against = baseline === undefined ? [] : [`--baseline with digest ${baseline}`]
  const selection = [...words, ...part, ...against]
  const identity = runIdentity({ ...options, selection, flags, checks, waivers, specs })
  const onWait = (holder: string) =>
    write(`the journal may be in use by ${escapeText(redactor.text(holder))}: waiting ten seconds for a sign of life\n`)
  return openJournal({
    ...options,
    dir,
    identity,
    checks,
    makes: (id) => makes(options, id),
    scratch: scratch.path,
    now: () => new Date(),
    onWait,
  })
}
