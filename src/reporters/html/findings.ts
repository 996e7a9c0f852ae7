/**
 * Writes findings into the page as they come, so that none is kept. The page has a limit: beyond it, of each class of each
 * check only the first few are in it, and how many are not is said.
 */
import type { Finding, Presented } from '../../kinds/kind.js'
import { dataText } from './data.js'
import { createDistribution, type Distributing, type Distribution } from './distribution.js'
import type { FindingRow } from './record.js'

export const MOST_FINDINGS = 100_000
/** Characters of all findings in the page: they may be few and long. */
const MOST_TEXT = 48 * 2 ** 20
/** Of each class of each check, whatever others have taken. */
export const FIRST_OF_CLASS = 20
const BLOCK = 64 * 1024
/** A key is never cut, for it is copied; a value of a row may be a book. */
const LONGEST_DETAIL = 1000
const MOST_DETAILS = 12

export interface FindingsOfCheck {
  readonly blocks: readonly number[]
  /** How many are in the page. */
  readonly listed: number
  readonly distribution: Distribution
}

export interface FindingsWriter {
  /** Waits where the reader of the page is slow. */
  readonly add: (check: string, finding: Finding, present: () => Presented) => Promise<void> | undefined
  /** The findings of the check so far were those of an attempt that does not count. */
  readonly forget: (check: string) => void
  readonly flush: (check: string) => Promise<void> | undefined
  readonly of: (check: string) => FindingsOfCheck
}

interface Open {
  rows: string[]
  text: number
  blocks: number[]
  listed: number
  readonly byClass: Map<string, number>
  readonly distribution: Distributing
}

export function createFindings(write: (text: string) => Promise<void> | undefined): FindingsWriter {
  const checks = new Map<string, Open>()
  let [taken, text, blocks] = [0, 0, 0]

  const open = (check: string): Open => {
    const known = checks.get(check)
    if (known !== undefined) return known
    const fresh = { rows: [], text: 0, blocks: [], listed: 0, byClass: new Map(), distribution: createDistribution() }
    checks.set(check, fresh)
    return fresh
  }
  const flush = (check: string): Promise<void> | undefined => {
    const one = checks.get(check)
    if (one === undefined || one.rows.length === 0) return undefined
    const json = `[${one.rows.join(',')}]`
    one.rows = []
    one.text = 0
    one.blocks.push(blocks)
    return write(dataText(`f${blocks++}`, json))
  }

  return {
    add: (check, finding, present) => {
      const one = open(check)
      one.distribution.add(finding)
      const before = one.byClass.get(finding.finding) ?? 0
      one.byClass.set(finding.finding, before + 1)
      if (before >= FIRST_OF_CLASS && (taken >= MOST_FINDINGS || text >= MOST_TEXT)) return undefined
      const row = JSON.stringify(rowOf(finding, present()))
      taken++
      text += row.length
      one.listed++
      one.rows.push(row)
      one.text += row.length
      return one.text < BLOCK ? undefined : flush(check)
    },
    forget: (check) => {
      const one = checks.get(check)
      if (one === undefined) return
      taken -= one.listed
      checks.delete(check)
    },
    flush,
    of: (check) => {
      const { blocks, listed, distribution } = open(check)
      return { blocks, listed, distribution: distribution.result() }
    },
  }
}

function rowOf({ finding, key, key_b64 }: Finding, { headline, detail }: Presented): FindingRow {
  const words = key !== undefined && headline.startsWith(`${key}: `) ? headline.slice(key.length + 2) : headline
  const told = detail.slice(0, MOST_DETAILS).map((line) => cut(line))
  const row = [finding, key ?? null, cut(words), told] as const
  return key_b64 === undefined ? row : [...row, key_b64]
}

function cut(text: string): string {
  return text.length <= LONGEST_DETAIL ? text : `${text.slice(0, LONGEST_DETAIL)}… (cut off)`
}
