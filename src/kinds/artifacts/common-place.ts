/** What many findings have in common and the keys as a whole have not: a directory, a month or a time on, an extension. */
import { commonDirectory, createHistogram, extensionOf } from '../../compare/plausibility.js'
import { type Key, keyFromLatin1, keyToText } from '../../lib/key.js'
import type { Diagnosis } from '../kind.js'
import { groupClaims } from './claim.js'
import { allOf } from './part-of.js'
import type { FindingClass } from './residue.js'
import type { StoreRun } from './store-run.js'

const MOST_VALUES = 10_000
/** How likely it may be that findings lie there by chance, where so many of all keys are. */
const CHANCE = 0.05

export const PLACED: Readonly<Partial<Record<FindingClass, string>>> = {
  missing: 'missing keys',
  size_mismatch: 'keys of another size',
  checksum_mismatch: 'keys with other content',
  forbidden: 'keys that are refused',
  unreadable: 'keys that cannot be read',
  orphaned: 'entries without a row',
}

interface Common {
  readonly total: number
  /** Holds nine of ten; empty where no directory does. */
  readonly directory: Key
  readonly inDirectory: number
  readonly extension: readonly [string, number]
  readonly month: readonly [string, number]
  readonly firstMonth: string
  readonly lastMonth: string
}

export async function commonPlace(run: StoreRun, finding: FindingClass): Promise<readonly Diagnosis[]> {
  const common = await lookThrough(run, finding)
  if (common.total === 0) return []
  const keys = await shares(run, common)
  const { total } = common
  const tells = (part: number, of: number) => {
    const share = keys.all === 0 ? 1 : of / keys.all
    return part * 10 >= total * 9 && share ** total <= CHANCE
  }
  const say = (part: number, words: string): Diagnosis => ({
    summary: `${allOf(part, total)} ${PLACED[finding] ?? finding} ${words}`,
  })
  const told: Diagnosis[] = []
  if (common.directory !== '' && tells(common.inDirectory, keys.inDirectory)) {
    const nothing = finding === 'missing' && common.inDirectory === keys.inDirectory
    const name = JSON.stringify(keyToText(common.directory))
    told.push(say(common.inDirectory, `lie below ${name}${nothing ? ', and every key expected there is missing' : ''}`))
  }
  const [extension, ended] = common.extension
  if (extension !== '' && tells(ended, keys.ended)) {
    told.push(say(ended, `end in ${JSON.stringify(keyToText(extension as Key))}`))
  }
  const [month, inMonth] = common.month
  if (month !== '' && tells(inMonth, keys.inMonth)) told.push(say(inMonth, `belong to rows of ${month}`))
  else if (common.firstMonth !== '') {
    if (tells(total, keys.since)) told.push(say(total, `belong to rows of ${common.firstMonth} or later`))
    else if (tells(total, keys.until)) told.push(say(total, `belong to rows of ${common.lastMonth} or earlier`))
  }
  return told
}

/** What lies below a directory lies side by side, so the keys after one and nine tenths tell which it can be. */
async function lookThrough(run: StoreRun, finding: FindingClass): Promise<Common> {
  const [months, extensions] = [createHistogram(MOST_VALUES), createHistogram(MOST_VALUES)]
  const expected = run.residues.count(finding)
  const [early, late] = [Math.floor(expected * 0.1), Math.floor(expected * 0.9)]
  let [firstMonth, lastMonth, undated, total] = ['', '', false, 0]
  let from: Key | undefined
  let to: Key | undefined
  for await (const page of run.residues.read(finding)) {
    for (const { key, mark } of page) {
      if (total <= early) from = key
      if (total <= late) to = key
      total++
      extensions.add(extensionOf(key))
      const month = mark.month ?? ''
      if (month === '') undated = true
      months.add(month)
      if (firstMonth === '' || month < firstMonth) firstMonth = month
      if (month > lastMonth) lastMonth = month
    }
  }
  let directory = from === undefined || to === undefined ? keyFromLatin1('') : commonDirectory(from, to)
  let inDirectory = await below(run, finding, directory)
  while (directory !== '' && inDirectory * 10 < total * 9) {
    directory = parentOf(directory)
    inDirectory = await below(run, finding, directory)
  }
  const nothing = ['', 0] as const
  return {
    total,
    directory,
    inDirectory,
    extension: extensions.top() ?? nothing,
    month: months.top() ?? nothing,
    firstMonth: undated ? '' : firstMonth,
    lastMonth: undated ? '' : lastMonth,
  }
}

/** Of `/` there is none: searching before its start, `lastIndexOf` would find it again and again. */
function parentOf(directory: Key): Key {
  return keyFromLatin1(directory.slice(0, directory.slice(0, -1).lastIndexOf('/') + 1))
}

async function below(run: StoreRun, finding: FindingClass, directory: string): Promise<number> {
  let count = 0
  if (directory === '') return count
  for await (const page of run.residues.read(finding)) {
    for (const { key } of page) if (key.startsWith(directory)) count++
  }
  return count
}

/** How many of the keys of rows share what the findings have in common. */
async function shares(run: StoreRun, common: Common) {
  const counts = { all: 0, inDirectory: 0, ended: 0, inMonth: 0, since: 0, until: 0 }
  for await (const page of groupClaims(run.claims.read())) {
    for (const { key, refs, month } of page) {
      if (refs === 0) continue
      counts.all++
      if (common.directory !== '' && key.startsWith(common.directory)) counts.inDirectory++
      if (extensionOf(key) === common.extension[0]) counts.ended++
      if (month === common.month[0]) counts.inMonth++
      if (month >= common.firstMonth) counts.since++
      if (month <= common.lastMonth) counts.until++
    }
  }
  return counts
}
