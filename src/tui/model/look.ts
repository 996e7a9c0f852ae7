/** Looking for findings: what is asked of the book, and what becomes of its answer. */
import type { FindingNumber, Query } from '../findings/book.js'
import type { Told } from '../happening.js'
import { bodyRows } from '../layout.js'
import type { Findings, Model } from '../model.js'
import { AT_TOP, placed } from '../window.js'
import { type Step, stay, step } from './step.js'

export function emptyFindings(check: string): Findings {
  return {
    check,
    mode: 'list',
    finding: undefined,
    prefix: '',
    text: '',
    sort: 'found',
    numbers: new Uint32Array(),
    list: AT_TOP,
    groups: [],
    groupList: AT_TOP,
    counts: {},
    trail: [],
    looking: undefined,
    stale: true,
    lookedAt: 0,
  }
}

export function queryOf({ check, finding, prefix, text, sort }: Findings): Query {
  return {
    check,
    ...(finding === undefined ? {} : { finding }),
    ...(prefix === '' ? {} : { prefix }),
    ...(text === '' ? {} : { text }),
    sort,
  }
}

/** Asks the book anew; an answer to what was asked before no longer counts. */
export function lookedFor(model: Model, change: Partial<Findings> = {}): Step {
  if (model.findings === undefined) return stay(model)
  const id = model.lastLook + 1
  const findings = { ...model.findings, ...change, looking: { id, share: 0 } }
  return step(
    { ...model, lastLook: id, findings },
    { type: findings.mode === 'list' ? 'find' : 'group', id, query: queryOf(findings) },
  )
}

type Answer = Extract<Told, { readonly id: number }>

export function lookTold(model: Model, told: Answer): Step {
  const { findings } = model
  if (findings?.looking?.id !== told.id) return stay(model)
  const over = { looking: undefined, stale: false, ...('now' in told ? { lookedAt: told.now } : {}) }
  switch (told.type) {
    case 'looking':
      return stay({ ...model, findings: { ...findings, looking: { id: told.id, share: told.share } } })
    case 'found':
      return found(model, { ...findings, ...over, counts: told.counts }, told.numbers)
    case 'grouped': {
      const groupList = placed(findings.groupList, told.groups.length, bodyRows(model.size))
      return stay({ ...model, findings: { ...findings, ...over, counts: told.counts, groups: told.groups, groupList } })
    }
    case 'notFound':
      return stay({ ...model, findings: { ...findings, ...over, stale: true }, message: { text: told.why, bad: true } })
  }
}

/** The cursor stays at the finding it was at, where that is still among them. */
function found(model: Model, findings: Findings, numbers: Uint32Array): Step {
  const at = findings.numbers[findings.list.cursor]
  const same = at === undefined ? -1 : indexNear(numbers, at, findings.list.cursor)
  const cursor = same === -1 ? findings.list.cursor : same
  const list = placed({ ...findings.list, cursor }, numbers.length, bodyRows(model.size))
  const next = { ...model, findings: { ...findings, numbers, list } }
  if (model.view !== 'evidence' || same !== -1) return stay(next)
  return stay({
    ...next,
    view: 'findings',
    message: { text: 'the check was looked at again; these are its findings now', bad: false },
  })
}

function indexNear(numbers: Uint32Array, number: FindingNumber, guess: number): number {
  return numbers[guess] === number ? guess : numbers.indexOf(number)
}
