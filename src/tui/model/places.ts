/** Going from the whole to the one and back, and across the views of a check. */
import type { Outcome } from '../../engine/events.js'
import { checkAt, contextOf, type Findings, findingAt, type Model, UNSEARCHED } from '../model.js'
import { AT_TOP } from '../window.js'
import { emptyFindings, lookedFor } from './look.js'
import { movedToEnd, withRows } from './overview.js'
import { type Step, said, stay } from './step.js'

export function opened(model: Model): Step {
  switch (contextOf(model)) {
    case 'overview':
      return panel(model, 'check')
    case 'check':
      return panel(model, 'findings')
    case 'list':
      return panel(model, 'evidence')
    case 'groups':
      return intoGroup(model)
    default:
      return stay(model)
  }
}

type Panel = 'overview' | 'check' | 'findings' | 'directories' | 'evidence'

export function panel(from: Model, to: Panel): Step {
  const model = { ...from, overlay: undefined }
  if (to === 'overview') return stay({ ...model, view: 'overview' })
  const check = checkAt(model)
  if (check === undefined) return said({ ...model, view: 'overview' }, 'there is no check here')
  switch (to) {
    case 'check':
      return stay({ ...model, view: 'check', check: UNSEARCHED })
    case 'findings':
      return toFindings(model, check, 'list')
    case 'directories':
      return toFindings(model, check, 'groups')
    case 'evidence':
      return findingAt(model) === undefined
        ? said(model, 'there is no finding here')
        : stay({ ...model, view: 'evidence', evidence: UNSEARCHED })
  }
}

const PANELS: readonly Panel[] = ['overview', 'check', 'findings', 'directories', 'evidence']

export function nextPanel(model: Model, direction: 1 | -1): Step {
  const panels = findingAt(model) === undefined ? PANELS.slice(0, -1) : PANELS
  const context = contextOf(model)
  const here = context === 'list' ? 'findings' : context === 'groups' ? 'directories' : (context as Panel)
  const index = panels.indexOf(here)
  return panel(model, panels[(index + direction + panels.length) % panels.length] ?? 'overview')
}

function toFindings(model: Model, check: string, mode: Findings['mode']): Step {
  const kept = model.findings?.check === check ? model.findings : emptyFindings(check)
  const findings = { ...kept, mode }
  const next: Model = { ...model, view: 'findings', findings }
  return findings === kept && !findings.stale ? stay(next) : lookedFor(next)
}

function intoGroup(model: Model): Step {
  const { findings } = model
  const group = findings?.groups[findings.groupList.cursor]
  if (findings === undefined || group === undefined) return stay(model)
  const { mode, prefix, groupList, trail } = findings
  const gone = { prefix: group.prefix, trail: [...trail, { mode, prefix, ...groupList }] }
  return lookedFor(model, {
    ...gone,
    mode: group.isDirectory ? 'groups' : 'list',
    ...(group.isDirectory ? { groups: [], groupList: AT_TOP } : { numbers: new Uint32Array(), list: AT_TOP }),
  })
}

/** One level up; what narrows the view goes first. */
export function goneBack(model: Model): Step {
  if (model.overlay !== undefined) return stay({ ...model, overlay: undefined })
  switch (model.view) {
    case 'overview':
      return stay(withRows(model, { filter: '' }))
    case 'check':
      return stay({ ...model, view: 'overview' })
    case 'findings':
      return outOfFindings(model)
    case 'evidence':
      return stay({ ...model, view: 'findings' })
  }
}

function outOfFindings(model: Model): Step {
  const { findings } = model
  if (findings === undefined) return stay({ ...model, view: 'check' })
  if (findings.text !== '') return lookedFor(model, { text: '' })
  const last = findings.trail.at(-1)
  if (last === undefined) return stay({ ...model, view: 'check' })
  const { mode, prefix, ...at } = last
  return lookedFor(model, {
    mode,
    prefix,
    trail: findings.trail.slice(0, -1),
    ...(mode === 'groups' ? { groupList: at, groups: [] } : { list: at, numbers: new Uint32Array() }),
  })
}

const WORDS: Readonly<Partial<Record<Outcome, string>>> = { fail: 'failed', error: 'could not tell', warn: 'warned' }

/** To the next check that ended so; the view stays the same. */
export function toFailure(model: Model, outcomes: readonly Outcome[], direction: 1 | -1): Step {
  const next = movedToEnd(model, ({ outcome }) => outcomes.includes(outcome), direction)
  if (next === undefined) return said(model, `no check ${outcomes.map((outcome) => WORDS[outcome]).join(' or ')}`)
  if (checkAt(next) === checkAt(model)) return said(model, 'there is no other')
  if (model.view === 'overview') return stay(next)
  return panel(next, model.view === 'check' ? 'check' : model.findings?.mode === 'groups' ? 'directories' : 'findings')
}
