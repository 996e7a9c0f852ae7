/** Prompts: what is asked, and what the answer does. */
import { fileName } from '../../engine/list-names.js'
import { EXPORT_FORMATS, type ExportFormat } from '../desk.js'
import type { FindingNumber } from '../findings/book.js'
import { contextOf, findingAt, type Model, type Prompt } from '../model.js'
import { AT_TOP } from '../window.js'
import { lookedFor, queryOf } from './look.js'
import { withRows } from './overview.js'
import { left, ran } from './running.js'
import { andThen, type Step, said, stay, step } from './step.js'
import { isText, textOf, withText } from './travel.js'

export function askFilter(model: Model): Step {
  const context = contextOf(model)
  const text = isText(context)
    ? textOf(model).search
    : context === 'overview'
      ? model.overview.filter
      : (model.findings?.text ?? '')
  return asked(model, { type: 'filter', text })
}

export function askNote(model: Model): Step {
  const number = findingAt(model)
  if (number === undefined) return said(model, 'there is no finding here')
  return asked(model, { type: 'note', number, text: model.notes.get(number)?.text ?? '' })
}

export function askExport(model: Model): Step {
  if (model.findings === undefined) return stay(model)
  return asked(model, { type: 'export', format: 'list', text: exportPath(model, 'list') })
}

export function askRerunAll(model: Model): Step {
  const count = model.planned.size
  return asked(model, {
    type: 'confirm',
    yes: 'rerunAll',
    question: `run ${count === 1 ? 'the check' : `all ${count} checks`} again?`,
  })
}

function asked(model: Model, prompt: Prompt): Step {
  return stay({ ...model, prompt, message: undefined })
}

const ENDINGS: Readonly<Record<ExportFormat, string>> = { list: 'txt', ndjson: 'ndjson', csv: 'csv' }

function exportPath({ findings }: Model, format: ExportFormat): string {
  const name = [findings?.check ?? 'findings', ...(findings?.finding === undefined ? [] : [findings.finding])].map(
    fileName,
  )
  return `${name.join('.')}.${ENDINGS[format]}`
}

/** A key while something is asked. */
export function answered(model: Model, prompt: Prompt, key: string): Step {
  if (key === 'ctrl-c' || key === 'escape') return stay({ ...model, prompt: undefined })
  if (prompt.type === 'confirm') return confirmed(model, prompt, key)
  if (key === 'enter') return entered({ ...model, prompt: undefined }, prompt)
  if (key === 'tab' && prompt.type === 'export') return stay({ ...model, prompt: otherFormat(model, prompt) })
  return stay({ ...model, prompt: { ...prompt, text: typed(prompt.text, key) } })
}

const LONGEST = 1000

function typed(text: string, key: string): string {
  if (key === 'backspace') return [...text].slice(0, -1).join('')
  if (key === 'ctrl-u') return ''
  if (key === 'ctrl-w') return text.replace(/\S*\s*$/, '')
  const character = key === 'space' ? ' ' : key
  return [...character].length === 1 && text.length < LONGEST ? text + character : text
}

/** The ending of the name goes with the format, where it is the one of the format before. */
function otherFormat(model: Model, prompt: Extract<Prompt, { readonly type: 'export' }>): Prompt {
  const next = EXPORT_FORMATS[(EXPORT_FORMATS.indexOf(prompt.format) + 1) % EXPORT_FORMATS.length] ?? 'list'
  const ending = `.${ENDINGS[prompt.format]}`
  const text = prompt.text.endsWith(ending) ? `${prompt.text.slice(0, -ending.length)}.${ENDINGS[next]}` : prompt.text
  return { ...prompt, format: next, text: prompt.text === '' ? exportPath(model, next) : text }
}

function entered(model: Model, prompt: Exclude<Prompt, { readonly type: 'confirm' }>): Step {
  switch (prompt.type) {
    case 'filter':
      return filtered(model, prompt.text)
    case 'note':
      return noted(model, prompt.number, prompt.text.trim())
    case 'export': {
      const { findings } = model
      const path = prompt.text.trim()
      if (findings === undefined || path === '') return said(model, 'nothing was written: it needs a path')
      const numbers =
        findings.mode === 'list' && findings.looking === undefined && !findings.stale ? findings.numbers : undefined
      const { format } = prompt
      return andThen(said(model, `writing ${path}`), (next) =>
        step(next, {
          type: 'export',
          format,
          path,
          query: queryOf(findings),
          numbers,
          notes: notesOf(model, findings.check),
        }),
      )
    }
  }
}

function filtered(model: Model, text: string): Step {
  const context = contextOf(model)
  if (context === 'overview') return stay(withRows(model, { filter: text.trim() }))
  if (!isText(context)) return lookedFor(model, { text: text.trim(), list: AT_TOP, groupList: AT_TOP })
  const searched = withText(model, { top: textOf(model).top, search: text })
  // Where it stands is known when the text has been drawn with it.
  return text === '' ? stay(searched) : stay({ ...searched, extent: { ...model.extent, matches: [] }, seeking: true })
}

function noted(model: Model, number: number, text: string): Step {
  const notes = new Map(model.notes)
  if (text === '') notes.delete(number)
  else notes.set(number, { check: model.findings?.check ?? '', text })
  return said({ ...model, notes }, text === '' ? 'the note is taken away' : 'noted; exports have it with the finding')
}

/** Those on findings of the check, by their numbers. */
export function notesOf({ notes }: Model, check: string): ReadonlyMap<FindingNumber, string> {
  return new Map([...notes].flatMap(([number, note]) => (note.check === check ? [[number, note.text] as const] : [])))
}

function confirmed(model: Model, prompt: Extract<Prompt, { readonly type: 'confirm' }>, key: string): Step {
  const next = { ...model, prompt: undefined }
  if (key !== 'y') return stay(next)
  return prompt.yes === 'rerunAll' ? ran(next, undefined) : left(next)
}

/** The text was drawn with what is looked for: on to the first line that holds it. */
export function sought(model: Model): Step {
  const text = textOf(model)
  const { matches } = model.extent
  const first = matches.find((line) => line >= text.top) ?? matches[0]
  const next = { ...model, seeking: false }
  if (first === undefined) return said(next, `no line holds ${text.search}`, true)
  return stay(withText(next, { ...text, top: first, found: first }))
}
