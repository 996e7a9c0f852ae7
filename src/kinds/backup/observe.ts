/** Lists the backups once, looks into the newest, for the copies, and restores it where that is asked for. */
import { keyToText } from '../../lib/key.js'
import { formatDuration } from '../../lib/units.js'
import { disorderNotes, type Store } from '../../stores/store.js'
import type { Check, Context, Diagnosis, Finding, Observation, Observed, Sighting } from '../kind.js'
import { type Copies, openCopies } from './copies.js'
import { type Examined, examine } from './examine.js'
import { instantOf } from './local-time.js'
import { type Recovery, restorable, restoreBackup } from './restore.js'
import type { BackupSpec } from './schema.js'
import { type Backup, createSelecting, listBackups, type Selected } from './select.js'

/** Clocks of stores and of this machine may differ by that. */
const SKEW_MS = 300_000
const DAY_MS = 86_400_000

type Subjects = Readonly<Record<string, Observed>>

export async function* observe(
  check: Check<BackupSpec>,
  context: Context,
): AsyncGenerator<Sighting, Observation, void> {
  const { spec } = check
  const { signal } = context
  signal.throwIfAborted()
  const store = context.connections.store(spec.store)
  const now = context.now().getTime()
  await store.probe({ signal })
  const copies =
    spec.copy === undefined
      ? undefined
      : await openCopies(store, context.connections.store(spec.copy.store), spec.copy, signal)
  const selecting = createSelecting(now, spec)
  const gaps: string[] = []
  const tally = { copies: 0, missing: 0 }
  for await (const page of listBackups(store, spec, signal, (reason) => gaps.push(reason))) {
    for (const backup of page) {
      selecting.take(backup)
      if (copies === undefined || spec.copy?.which !== 'each' || !isDue(backup, spec, now)) continue
      yield* findings(await countCopy(copies, backup, tally))
    }
    yield { type: 'progress', done: selecting.selected().count, unit: 'backups', stage: 'listing' }
  }
  const selected = selecting.selected()
  if (copies !== undefined && spec.copy?.which === 'newest' && selected.newestDue !== undefined) {
    yield* findings(await countCopy(copies, selected.newestDue, tally))
  }
  const { newest } = selected
  const examined = newest === undefined ? undefined : await examine(store, newest, spec, signal)
  yield* findings(...(examined?.missing ?? []).map((key): Finding => ({ finding: 'missing_contents', key })))
  const recovery = yield* recover(store, spec, newest, examined, context)
  return {
    subjects: {
      ...timesAndSizes(selected, now),
      ...contents(spec, examined, now),
      ...copySubjects(spec, selected, tally),
      ...restoreSubjects(spec, newest, recovery),
    },
    gaps,
    notes: [...disorderNotes(spec.store, store), ...notesOf(spec, selected, examined, now), ...recoveryNotes(recovery)],
    diagnoses: diagnosesOf(newest, examined),
    method: 'one listing, then parts of the newest',
  }
}

function* findings(...found: readonly (Finding | undefined)[]): Generator<Sighting, void, void> {
  const all = found.filter((finding) => finding !== undefined)
  if (all.length > 0) yield { type: 'findings', findings: all }
}

function isDue({ modified }: Backup, { copy, settle }: BackupSpec, now: number): boolean {
  const age = modified === undefined ? Number.POSITIVE_INFINITY : now - modified
  return (settle === 0 || age >= settle) && (copy?.within === 0 || age >= (copy?.within ?? 0))
}

async function countCopy(
  copies: Copies,
  backup: Backup,
  tally: { copies: number; missing: number },
): Promise<Finding | undefined> {
  const finding = await copies.lookFor(backup)
  if (finding === undefined) tally.copies++
  else tally.missing++
  return finding
}

/** Not done for what is known to be no good; then why is said. */
async function* recover(
  store: Store,
  { restore }: BackupSpec,
  newest: Backup | undefined,
  examined: Examined | undefined,
  context: Context,
): AsyncGenerator<Sighting, Recovery | string | undefined, void> {
  if (restore === undefined) return undefined
  if (!context.allowed.writes) return 'it needs --allow-writes'
  if (newest === undefined || examined === undefined) return NOTHING.unobserved
  const { format } = examined.facts
  if (examined.damage !== undefined) return examined.damage
  if (!restorable(format)) return examined.unseen ?? `a backup of format ${format} is not restored into PostgreSQL`
  yield { type: 'progress', done: 0, unit: 'backups', stage: 'restoring' }
  return restoreBackup(store, { backup: newest, format }, restore, context)
}

function restoreSubjects({ restore }: BackupSpec, newest: Backup | undefined, recovery: Recovery | string | undefined) {
  if (restore === undefined) return {}
  if (recovery === undefined || typeof recovery === 'string') {
    const unobserved = { unobserved: newest === undefined ? NOTHING.unobserved : `not restored: ${recovery}` }
    return { restored: unobserved, restore_time: unobserved, restore_errors: unobserved }
  }
  const { ended, ms, errors } = recovery
  return { restored: ended, restore_time: ended ? ms : { unobserved: 'it did not end' }, restore_errors: errors }
}

function recoveryNotes(recovery: Recovery | string | undefined): readonly string[] {
  if (recovery === undefined || typeof recovery === 'string') return []
  return [...recovery.notes, ...recovery.messages.map((message) => `restoring: ${message}`)]
}

const NOTHING = { unobserved: 'no backup matches' }

function timesAndSizes({ count, newest, oldest, previous }: Selected, now: number): Subjects {
  const age = (backup: Backup | undefined): Observed => {
    if (backup === undefined) return NOTHING
    if (backup.modified === undefined) return { unobserved: 'the store does not say when it was written' }
    const ms = now - backup.modified
    if (ms < -SKEW_MS) return { unobserved: `it is dated ${formatDuration(-ms)} in the future` }
    return Math.max(0, ms)
  }
  const size = (backup: Backup | undefined, none: Observed): Observed =>
    backup === undefined ? none : (backup.size ?? { unobserved: 'the store does not say its size' })
  const span =
    newest?.modified === undefined || oldest?.modified === undefined ? age(newest) : newest.modified - oldest.modified
  return {
    count,
    newest: newest === undefined ? NOTHING : keyToText(newest.key),
    newest_age: age(newest),
    oldest_age: age(oldest),
    span,
    newest_size: size(newest, NOTHING),
    previous_size: size(previous, { unobserved: 'there is no backup before the newest' }),
  }
}

function contents(spec: BackupSpec, examined: Examined | undefined, now: number): Subjects {
  if (examined === undefined) {
    const names = ['readable', 'format', 'entries', 'data_entries', 'made_age', 'database', 'server_version']
    return Object.fromEntries([...names, 'missing_contents'].map((name) => [name, NOTHING]))
  }
  const { facts, damage, unseen, missing } = examined
  const untold = { unobserved: damage ?? unseen ?? `a backup of format ${facts.format} does not say it` }
  const { madeLocal } = facts
  const made = madeLocal === undefined ? undefined : now - instantOf(madeLocal, spec.time_zone)
  return {
    readable: damage !== undefined ? false : unseen !== undefined ? { unobserved: unseen } : true,
    format: facts.format ?? untold,
    entries: facts.entries ?? unlisted(examined, spec),
    data_entries: facts.dataEntries ?? untold,
    made_age:
      made === undefined
        ? untold
        : made < -DAY_MS
          ? { unobserved: 'it says it was made in the future' }
          : Math.max(0, made),
    database: facts.database ?? untold,
    server_version: facts.serverVersion ?? untold,
    ...(spec.contains === undefined ? {} : { missing_contents: missing?.length ?? unlisted(examined, spec) }),
  }
}

function unlisted({ damage, unseen, facts }: Examined, { verify, contains }: BackupSpec): Observed {
  if (damage !== undefined || unseen !== undefined) return { unobserved: damage ?? unseen ?? '' }
  if (facts.format?.startsWith('pg_') === true && contains === undefined) {
    return { unobserved: 'a plain dump is read whole only where `contains` asks for names' }
  }
  const reason =
    verify === 'contents' ? 'its table of contents goes on behind what was read' : 'it has no table of contents'
  return { unobserved: reason }
}

function copySubjects(
  { copy }: BackupSpec,
  { count, newestDue }: Selected,
  tally: { readonly copies: number; readonly missing: number },
): Subjects {
  if (copy === undefined) return {}
  if (newestDue === undefined) {
    const none = count === 0 ? NOTHING : { unobserved: 'no backup is old enough for its copy to be due' }
    return { copies: none, missing_copy: none }
  }
  return { copies: tally.copies, missing_copy: tally.missing }
}

function notesOf(
  { settle, time_zone }: BackupSpec,
  { newest, unsettled }: Selected,
  examined: Examined | undefined,
  now: number,
): readonly string[] {
  const notes: string[] = []
  if (unsettled > 0) notes.push(`${unsettled} younger than ${formatDuration(settle)} passed over`)
  const { madeLocal, encryptedEntries } = examined?.facts ?? {}
  if (madeLocal !== undefined && newest?.modified !== undefined) {
    const made = instantOf(madeLocal, time_zone)
    if (newest.modified - made > DAY_MS) {
      notes.push(
        `written ${formatDuration(Math.max(0, now - newest.modified))} ago, but made ${formatDuration(now - made)} ago by its own account: it was copied or moved since`,
      )
    }
  }
  if (encryptedEntries !== undefined) notes.push(`${encryptedEntries} of its entries are encrypted`)
  return notes
}

function diagnosesOf(newest: Backup | undefined, examined: Examined | undefined): readonly Diagnosis[] {
  if (newest === undefined || examined?.damage === undefined) return []
  return [{ summary: `${keyToText(newest.key)}: ${examined.damage}` }]
}
