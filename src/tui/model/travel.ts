/** Moving the cursor, or the text where there is none. */
import { bodyRows } from '../layout.js'
import { type Context, contextOf, type Model, type Text } from '../model.js'
import { type Motion, moved, scrolled, topWithin } from '../window.js'
import { movedInOverview } from './overview.js'
import { type Step, said, stay } from './step.js'

export function movedBy(model: Model, motion: Motion): Model {
  const { findings, size } = model
  switch (contextOf(model)) {
    case 'overview':
      return movedInOverview(model, motion)
    case 'list': {
      if (findings === undefined) return model
      const list = moved(findings.list, motion, findings.numbers.length, bodyRows(size))
      return { ...model, findings: { ...findings, list } }
    }
    case 'groups': {
      if (findings === undefined) return model
      const groupList = moved(findings.groupList, motion, findings.groups.length, bodyRows(size))
      return { ...model, findings: { ...findings, groupList } }
    }
    case 'check':
    case 'evidence':
    case 'help':
    case 'snippet':
      return withTop(model, scrolled(textOf(model).top, motion, model.extent.length, bodyRows(size)))
  }
}

/** In a text the next line that holds what is looked for; in a list the next row; of evidence that of the next finding. */
export function nextMatch(model: Model, direction: 1 | -1): Step {
  const context = contextOf(model)
  const { top, search, found } = textOf(model)
  if (!isText(context)) return stay(movedBy(model, direction === 1 ? 'down' : 'up'))
  if (search === '')
    return context === 'evidence' ? nextEvidence(model, direction) : said(model, 'nothing is looked for: / asks for it')
  const lines = direction === 1 ? model.extent.matches : model.extent.matches.toReversed()
  const here = found ?? topWithin(top, model.extent.length, bodyRows(model.size))
  const line = lines.find((match) => (direction === 1 ? match > here : match < here)) ?? lines[0]
  return line === undefined
    ? said(model, `no line holds ${search}`, true)
    : stay(withText(model, { top: line, search, found: line }))
}

function nextEvidence(model: Model, direction: 1 | -1): Step {
  const { findings, size } = model
  if (findings === undefined) return stay(model)
  const list = moved(findings.list, direction === 1 ? 'down' : 'up', findings.numbers.length, bodyRows(size))
  if (list.cursor === findings.list.cursor)
    return said(model, `there is no finding ${direction === 1 ? 'after' : 'before'} it`)
  return stay({ ...model, findings: { ...findings, list }, evidence: { ...model.evidence, top: 0 } })
}

export function isText(context: Context): boolean {
  return context !== 'overview' && context !== 'list' && context !== 'groups'
}

/** The text that is shown. */
export function textOf({ overlay, view, check, evidence }: Model): Text {
  return overlay?.text ?? (view === 'evidence' ? evidence : check)
}

function withTop(model: Model, top: number): Model {
  return withText(model, { top, search: textOf(model).search })
}

export function withText(model: Model, text: Text): Model {
  const { overlay, view } = model
  if (overlay !== undefined) return { ...model, overlay: { ...overlay, text } }
  return view === 'evidence' ? { ...model, evidence: text } : { ...model, check: text }
}
