/**
 * `--findings DIR`: reads the events and writes every finding that counts, one file a check, and ready lists of keys
 * beside it. Known findings are left out, so that the files agree with the subjects. Comes behind the redactor.
 */
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Finding, Recovery } from '../kinds/kind.js'
import { keyFromJson } from '../lib/key.js'
import type { Litter } from '../lib/litter.js'
import { escapeJson } from '../lib/text-escape.js'
import type { RunEvent } from './events.js'
import { type FixFile, fixFile } from './fix-file.js'
import { type KeyList, keyList, programList } from './key-list.js'
import { fileName, listName, recoverName } from './list-names.js'
import { type PendingFile, pendingFile } from './pending-file.js'
import { recoveryScript } from './recovery-script.js'

export interface FindingsSink {
  readonly onEvent: (event: RunEvent) => Promise<void> | undefined
  /** Drops what belongs to no ended check. */
  readonly close: () => Promise<void>
  /** What could not be written, in words: the run ends with code 5. */
  readonly unwritten: () => readonly string[]
  /** What is worth knowing of what was written. */
  readonly remarks: () => readonly string[]
}

interface Files {
  readonly findings: PendingFile
  readonly lists: Map<string, KeyList>
  readonly programs: Map<string, ReturnType<typeof programList>>
  fixes: FixFile | undefined
  /** A key holds a secret: there are no lists then. */
  refused: boolean
  failed: boolean
}

export interface FindingsSinkOptions {
  readonly dir: string
  readonly litter?: Litter | undefined
}

export function createFindingsSink({ dir, litter }: FindingsSinkOptions): FindingsSink {
  const open = new Map<string, Files>()
  const unwritten: string[] = []
  const remarks: string[] = []

  const filesOf = (id: string): Files => {
    const known = open.get(id)
    if (known !== undefined) return known
    const files = {
      findings: pendingFile(join(dir, `${fileName(id)}.ndjson`), litter),
      lists: new Map(),
      programs: new Map(),
      fixes: undefined,
      refused: false,
      failed: false,
    }
    open.set(id, files)
    return files
  }
  const tried = async (id: string, work: Promise<void>): Promise<void> => {
    try {
      await work
    } catch (error) {
      const files = open.get(id)
      if (files !== undefined) files.failed = true
      unwritten.push(
        `findings of ${id === '' ? 'the run' : id} in ${dir}: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }
  const take = (id: string, finding: Finding): Promise<void> | undefined => {
    const files = filesOf(id)
    if (files.failed) return undefined
    const waiting = [files.findings.write(Buffer.from(`${escapeJson(JSON.stringify(finding))}\n`))]
    if (!files.refused) waiting.push(...addToLists({ base: join(dir, fileName(id)), litter }, files, finding))
    const pending = waiting.filter((one) => one !== undefined)
    return pending.length === 0
      ? undefined
      : tried(
          id,
          Promise.all(pending).then(() => undefined),
        )
  }
  const finish = async (id: string, recovery: readonly Recovery[] = []): Promise<void> => {
    const files = filesOf(id)
    open.delete(id)
    if (files.failed || files.refused) for (const list of listsOf(files)) await list.discard()
    if (files.refused) remarks.push(`no key lists of "${id}" are written: a key holds a secret`)
    if (files.failed) return files.findings.discard()
    await files.findings.commit()
    if (files.refused) return
    for (const [name, list] of files.lists) {
      const odd = await list.commit()
      if (odd > 0) remarks.push(`${odd} keys of "${id}" hold newlines and are only in its ${name}.nul`)
    }
    for (const list of files.programs.values()) await list.commit()
    await files.fixes?.commit()
    for (const way of recovery) {
      const name = recoverName(way)
      // Not there where all that it has is known.
      if (!files.programs.has(name)) continue
      const script = recoveryScript(`${fileName(id)}.${name}`, way)
      if (script === undefined) continue
      const file = pendingFile(join(dir, `${fileName(id)}.${name}.sh`), litter)
      await file.write(Buffer.from(script))
      await file.commit()
    }
  }

  return {
    onEvent: (event) => {
      if (event.type === 'run:start')
        return tried(
          '',
          prepare(
            dir,
            event.checks.map((check) => check.id),
          ),
        )
      if (event.type === 'check:end') return tried(event.id, finish(event.id, event.recovery))
      if (event.type === 'check:finding' && event.finding.known !== true) return take(event.id, event.finding)
      return undefined
    },
    close: async () => {
      for (const files of open.values()) {
        await files.findings.discard()
        for (const list of listsOf(files)) await list.discard()
      }
      open.clear()
    },
    unwritten: () => unwritten,
    remarks: () => remarks,
  }
}

/** The redactor's mark: what bears it is no longer the key. */
const REDACTED = '<secret '

function addToLists(
  { base, litter }: { readonly base: string; readonly litter: Litter | undefined },
  files: Files,
  finding: Finding,
): (Promise<void> | undefined)[] {
  const { key, key_b64, fix } = finding
  if (fix?.includes(REDACTED)) {
    files.refused = true
    return []
  }
  const fixes: (Promise<void> | undefined)[] = []
  if (fix !== undefined) {
    files.fixes ??= fixFile(base, litter)
    fixes.push(files.fixes.add(fix))
  }
  if (key === undefined || (finding.finding !== 'missing' && finding.finding !== 'orphaned')) return fixes
  if (key.includes(REDACTED) || key_b64?.includes(REDACTED)) {
    files.refused = true
    return []
  }
  const bytes = keyFromJson(key_b64 === undefined ? { key } : { key, key_b64 })
  const several = finding.store === undefined ? {} : { several: true as const }
  const sources = finding.finding === 'missing' ? (finding.recover_from ?? []) : []
  const recover = sources.map((source) => recoverName({ source, target: finding.store ?? '', ...several }))
  return [
    ...fixes,
    ...[listName(finding.finding, finding.store), ...recover].map((name) => {
      const list = files.lists.get(name) ?? keyList(`${base}.${name}`, litter)
      files.lists.set(name, list)
      return list.add(bytes)
    }),
    ...recover.map((name) => {
      const list = files.programs.get(name) ?? programList(`${base}.${name}`, litter)
      files.programs.set(name, list)
      return list.add(bytes)
    }),
  ]
}

function listsOf({ lists, programs, fixes }: Files): readonly { readonly discard: () => Promise<void> }[] {
  return [...lists.values(), ...programs.values(), ...(fixes === undefined ? [] : [fixes])]
}

const OURS =
  /^(.+)\.(?:ndjson|(?:missing|orphaned)(?:\.[^/]+)?\.(?:txt|nul|odd)|fix\.sql|recover\.[^/]+\.(?:txt|nul|odd|from0|sh))$/
/** What a run that was killed could not finish. */
const PARTIAL = /^\.(.+)\.[0-9a-f]{8}\.partial$/

/** What an earlier run left of these checks goes first, so that it is never taken for this one's. */
async function prepare(dir: string, ids: readonly string[]): Promise<void> {
  await mkdir(dir, { recursive: true })
  const names = new Set(ids.map(fileName))
  for (const entry of await readdir(dir)) {
    const whole = PARTIAL.exec(entry)?.[1] ?? entry
    if (names.has(OURS.exec(whole)?.[1] ?? '')) await rm(join(dir, entry))
  }
}
