/** Writes findings of the book to a file that was not there before, or to none. */
import { lstat } from 'node:fs/promises'
import { keyList } from '../../engine/key-list.js'
import { pendingFile } from '../../engine/pending-file.js'
import type { Finding } from '../../kinds/kind.js'
import type { Litter } from '../../lib/litter.js'
import { count, formatNumber, listWords } from '../../lib/text.js'
import { escapeJson } from '../../lib/text-escape.js'
import type { ExportFormat, ExportRequest } from '../desk.js'
import type { Book } from './book.js'
import { CSV_HEAD, csvLine } from './export-csv.js'
import { keyOf } from './finding-of.js'
import { createPace } from './pace.js'

export interface ExportOptions {
  readonly signal: AbortSignal
  readonly litter?: Litter | undefined
}

interface Target {
  /** The files that are made; none of them may be there. */
  readonly paths: readonly string[]
  readonly add: (finding: Finding, note: string | undefined) => Promise<void> | undefined
  /** Puts it in its place. Returns what is to be said of it beyond its classes. */
  readonly commit: () => Promise<readonly string[]>
  readonly discard: () => Promise<void>
}

/** Returns what came of it, in words; rejects with words, and leaves nothing then. */
export async function exportFindings(book: Book, request: ExportRequest, options: ExportOptions): Promise<string> {
  const { format, path, numbers, notes } = request
  if (path.trim() === '') throw new Error('name the file to write')
  const pace = createPace(options)
  const target = TARGETS[format](path, options.litter)
  for (const one of target.paths) await refuseToReplace(one)
  const classes = new Map<string, number>()
  let unread = 0
  try {
    for (const [at, number] of numbers.entries()) {
      const finding = book.at(number)
      classes.set(finding.finding, (classes.get(finding.finding) ?? 0) + 1)
      if (isUnread(finding)) unread++
      await target.add(finding, notes.get(number))
      if (at % STEP === 0) await pace.pause(at / numbers.length)
    }
    options.signal.throwIfAborted()
    const said = await target.commit()
    const incomplete = book.incomplete()
    return [
      `${count(numbers.length, 'finding')}${classWords(classes)} in ${target.paths[0]}`,
      ...said,
      ...(unread === 0 ? [] : [`${formatNumber(unread)} could not be read`]),
      ...(incomplete === undefined ? [] : [incomplete]),
    ].join('; ')
  } catch (cause) {
    await target.discard()
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === undefined || options.signal.aborted) throw cause
    if (code === 'EEXIST') throw isThere(target.paths[0] ?? path)
    throw new Error(`${path} cannot be written: ${message}`, { cause })
  }
}

const STEP = 100

const TARGETS: Readonly<Record<ExportFormat, (path: string, litter: Litter | undefined) => Target>> = {
  list: listTarget,
  ndjson: (path, litter) =>
    lineTarget(path, litter, (finding, note) => {
      return `${escapeJson(JSON.stringify(note === undefined ? finding : { ...finding, note }))}\n`
    }),
  csv: (path, litter) => lineTarget(path, litter, csvLine, CSV_HEAD),
}

function lineTarget(
  path: string,
  litter: Litter | undefined,
  lineOf: (finding: Finding, note: string | undefined) => string,
  head = '',
): Target {
  const file = pendingFile(path, litter, { replace: false })
  void file.write(Buffer.from(head))
  return {
    paths: [path],
    add: (finding, note) => file.write(Buffer.from(lineOf(finding, note))),
    commit: async () => {
      await file.commit()
      return []
    },
    discard: file.discard,
  }
}

/** The redactor's mark: what bears it is no longer the key. */
const REDACTED = '<secret '

function listTarget(path: string, litter: Litter | undefined): Target {
  const base = path.replace(/\.txt$/, '')
  const list = keyList(base, litter, { replace: false })
  const stores = new Set<string>()
  let without = 0
  return {
    paths: [`${base}.txt`, `${base}.nul`],
    add: (finding) => {
      const key = keyOf(finding)
      if (key === undefined) {
        without++
        return undefined
      }
      if (finding.key?.includes(REDACTED) || finding.key_b64?.includes(REDACTED))
        throw new Error('a key holds a secret, so a list of them would be wrong; ndjson and csv can be written')
      if (finding.store !== undefined) stores.add(finding.store)
      return list.add(key)
    },
    commit: async () => {
      const odd = await list.commit()
      return [
        ...(without === 0 ? [] : [`${formatNumber(without)} without a key are left out`]),
        ...(odd === 0 ? [] : [`${formatNumber(odd)} with newlines only in ${base}.nul, which has all of them`]),
        ...(stores.size < 2 ? [] : [`they belong to different stores: ${listWords([...stores])}`]),
      ]
    },
    discard: list.discard,
  }
}

function classWords(classes: ReadonlyMap<string, number>): string {
  if (classes.size === 0) return ''
  return ` (${[...classes].map(([name, number]) => `${formatNumber(number)} ${name}`).join(', ')})`
}

/** As the book gives it; what a store could not read has a key. */
function isUnread({ finding, key }: Finding): boolean {
  return finding === 'unreadable' && key === undefined
}

async function refuseToReplace(path: string): Promise<void> {
  const there = await lstat(path).catch(() => undefined)
  if (there !== undefined) throw isThere(path)
}

function isThere(path: string): Error {
  return new Error(`${path} is there already and is not replaced: name another file`)
}
