/** The one reducer: what happened makes the next model, and says what is to be done outside. Pure. */
import type { Happening } from './happening.js'
import { bindingFor, whyNothing } from './key-meaning.js'
import { bodyRows } from './layout.js'
import { acted } from './model/act.js'
import { answered, sought } from './model/ask.js'
import { lookedFor, lookTold } from './model/look.js'
import { withRows } from './model/overview.js'
import { andThen, type Step, said, stay } from './model/step.js'
import { eventTold, opened } from './model/told-event.js'
import { findingAt, isRunning, type Model, type Size } from './model.js'
import { placed } from './window.js'

export function reduce(model: Model, happening: Happening): Step {
  switch (happening.type) {
    case 'opened':
      return stay(opened(model, happening.events))
    case 'event':
      return eventTold(model, happening.event)
    case 'keys':
      return pressed(model, happening.names)
    case 'resized':
      return stay(resized(model, happening.size))
    case 'second':
      return secondPassed(model, happening.now)
    case 'drawn': {
      const drawn = { ...model, extent: happening.extent }
      return model.seeking ? sought(drawn) : stay(drawn)
    }
    case 'looking':
    case 'found':
    case 'grouped':
    case 'notFound':
      return lookTold(model, happening)
    case 'ran':
      return ran({ ...model, asked: false }, happening)
    case 'rechecked': {
      const { number, recheck } = happening
      const rechecks = new Map(model.rechecks).set(number, recheck)
      const isRead = model.view === 'evidence' && findingAt(model) === number && recheck.sides.length > 0
      // What both sides say stands last, and is what one waits for.
      const evidence = isRead ? { ...model.evidence, top: Number.MAX_SAFE_INTEGER } : model.evidence
      return said({ ...model, rechecks, evidence }, recheck.text, recheck.state === 'unknown')
    }
    case 'followed': {
      const notes = [...model.notes].map(([number, note]) => [happening.numbers.get(number) ?? number, note] as const)
      return stay({ ...model, notes: new Map(notes) })
    }
    case 'snippet': {
      const { title, snippet } = happening
      return stay({ ...model, overlay: { type: 'snippet', title, snippet, text: { top: 0, search: '' } } })
    }
    case 'back':
      return happening.trouble === undefined
        ? said({ ...model, away: false }, 'back from the editor')
        : said({ ...model, away: false }, happening.trouble, true)
    case 'said':
      return said(model, happening.text, happening.bad)
  }
}

function ran(model: Model, { trouble, remark }: Extract<Happening, { readonly type: 'ran' }>): Step {
  if (trouble !== undefined) return said(model, trouble, true)
  return remark === undefined ? stay(model) : said(model, remark)
}

function pressed(model: Model, names: readonly string[]): Step {
  const alone = names.length === 1
  return names.reduce((before: Step, name) => andThen(before, (next) => pressedOne(next, name, alone)), stay(model))
}

function pressedOne(model: Model, name: string, alone: boolean): Step {
  if (model.prompt !== undefined) return answered(model, model.prompt, name)
  const binding = bindingFor(model, name)
  const heard = { ...model, message: undefined }
  if (binding === undefined) {
    const why = whyNothing(model, name)
    return why === undefined ? stay(heard) : said(heard, why)
  }
  if (binding.deliberate === true && !alone)
    return said(heard, `${name} came with other keys, as pasted text does: press it alone`)
  return acted(heard, binding.action)
}

function resized(model: Model, size: Size): Model {
  const next = withRows({ ...model, size })
  const { findings } = next
  if (findings === undefined) return next
  const list = placed(findings.list, findings.numbers.length, bodyRows(size))
  const groupList = placed(findings.groupList, findings.groups.length, bodyRows(size))
  return { ...next, findings: { ...findings, list, groupList } }
}

/** Findings of a check that runs become more; their list is looked up again now and then. */
const AGAIN_MS = 3000

function secondPassed(model: Model, now: number): Step {
  const { findings, view } = model
  const grows =
    findings !== undefined && view === 'findings' && isRunning(model) && model.run.running.includes(findings.check)
  const due = grows && findings.looking === undefined && now - findings.lookedAt >= AGAIN_MS
  return due ? lookedFor(model) : stay(model)
}
