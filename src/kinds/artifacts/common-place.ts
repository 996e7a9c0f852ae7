/** What many findings have in common and the keys as a whole have not: a directory, a month or a time on, an extension. */
import { commonDirectory, createHistogram, extensionOf } from '../../compare/plausibility.js'
import { type Key, keyFromLatin1, keyToText } from '../../lib/key.js'
import type { Diagnosis } from '../kind.js'
import type { Claim } from './claim.js'
import { allOf } from './part-of.js'
import type { FindingClass } from './residue.js'
import { type Ask, findRare, isCommon, keysIn, keysOf } from './share.js'
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
const NOT_RECORDED = 'entries the record does not have'

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

/** `recorded`: what was to be there is told by a record, which has no rows. */
export async function commonPlace(
  run: StoreRun,
  finding: FindingClass,
  recorded: boolean,
): Promise<readonly Diagnosis[]> {
  const common = await lookThrough(run, finding)
  const { total, directory, inDirectory, firstMonth, lastMonth } = common
  const isMost = (part: number) => part * 10 >= total * 9
  const [extension, ended] = common.extension
  const [month, inMonth] = common.month
  const ends = extension !== '' && isMost(ended)
  const hasExtension = (key: Key) => extensionOf(key) === extension
  const asked = {
    extension: ends ? ({ key }: Claim) => hasExtension(key) : undefined,
    month: month !== '' && isMost(inMonth) ? (claim: Claim) => claim.month === month : undefined,
    since: firstMonth === '' ? undefined : (claim: Claim) => claim.month >= firstMonth,
    until: firstMonth === '' ? undefined : (claim: Claim) => claim.month <= lastMonth,
  }
  const asks = Object.values(asked).filter((ask) => ask !== undefined)
  if (directory === '' && asks.length === 0) return []
  const all = await keysOf(run)
  // Of parts that are put together there are no rows to tell by.
  if (all === 0) return []
  const isRare = (keys: number) => (keys / all) ** total <= CHANCE
  const what = recorded && finding === 'orphaned' ? NOT_RECORDED : (PLACED[finding] ?? finding)
  const say = (part: number, words: string): Diagnosis => ({ summary: `${allOf(part, total)} ${what} ${words}` })
  const told: Diagnosis[] = []
  const expected = directory === '' ? undefined : await keysIn(run, directory, { all, isRare })
  if (expected !== undefined) {
    const nothing = finding === 'missing' && inDirectory === expected
    const name = JSON.stringify(keyToText(directory))
    told.push(say(inDirectory, `lie below ${name}${nothing ? ', and every key expected there is missing' : ''}`))
  }
  const everywhere = ends && isCommon(run, hasExtension, { all, isRare })
  const open = asks.filter((ask) => !(everywhere && ask === asked.extension))
  const rare = await findRare(run, open, { all, isRare })
  const tells = (ask: Ask | undefined) => ask !== undefined && rare.has(ask)
  if (tells(asked.extension)) told.push(say(ended, `end in ${JSON.stringify(keyToText(extension as Key))}`))
  if (tells(asked.month)) told.push(say(inMonth, `belong to rows of ${month}`))
  else if (tells(asked.since)) told.push(say(total, `belong to rows of ${firstMonth} or later`))
  else if (tells(asked.until)) told.push(say(total, `belong to rows of ${lastMonth} or earlier`))
  return told
}

/** What lies below a directory lies side by side, so the keys after one and nine tenths tell which it can be. */
async function lookThrough(run: StoreRun, finding: FindingClass): Promise<Common> {
  const [months, extensions] = [createHistogram(MOST_VALUES), createHistogram(MOST_VALUES)]
  const expected = run.residues.count(finding)
  const [early, late] = [Math.floor(expected * 0.1), Math.floor(expected * 0.9)]
  let [firstMonth, lastMonth, undated, total] = ['', '', false, 0]
  let first: Key | undefined
  let from: Key | undefined
  let to: Key | undefined
  let last: Key | undefined
  for await (const page of run.residues.read(finding)) {
    for (const { key, mark } of page) {
      first ??= key
      last = key
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
  const inIt = async (directory: Key) =>
    first?.startsWith(directory) === true && last?.startsWith(directory) === true
      ? total
      : below(run, finding, directory)
  let directory = from === undefined || to === undefined ? keyFromLatin1('') : commonDirectory(from, to)
  let inDirectory = await inIt(directory)
  while (directory !== '' && inDirectory * 10 < total * 9) {
    directory = parentOf(directory)
    inDirectory = await inIt(directory)
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
  for await (const page of run.residues.read(finding)) {
    for (const { key } of page) if (key.startsWith(directory)) count++
  }
  return count
}
