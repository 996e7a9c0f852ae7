/** What is taken along: copies, the check file in an editor, texts to paste. */
import { checkAt, contextOf, findingAt, type Model } from '../model.js'
import { queryOf } from './look.js'
import { type Step, said, step } from './step.js'

export function copied(model: Model, action: 'copy' | 'copyMore'): Step {
  if (model.overlay?.type === 'snippet') return step(model, { type: 'copy', text: model.overlay.snippet })
  const number = findingAt(model)
  if (number !== undefined && (model.view === 'findings' || model.view === 'evidence'))
    return step(model, { type: 'copyFinding', number, as: action === 'copy' ? 'key' : 'json' })
  const check = checkAt(model)
  if (check === undefined) return said(model, 'there is nothing to copy here')
  return step(model, { type: 'copy', text: action === 'copy' ? check : toPaste(model, check) })
}

/** What a diagnosis says to paste; otherwise how this check alone is run. */
function toPaste(model: Model, check: string): string {
  const suggestion = model.ends
    .get(check)
    ?.diagnoses.find((diagnosis) => diagnosis.suggestion !== undefined)?.suggestion
  if (suggestion !== undefined) return suggestion
  return ['postflight', 'verify', ...(model.run.start?.files ?? []), '--check', check].map(shellWord).join(' ')
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

export function edited(model: Model): Step {
  const place = model.planned.get(checkAt(model) ?? '')?.place
  if (place === undefined) return said(model, 'there is no check here')
  return step({ ...model, away: true }, { type: 'edit', position: place })
}

export function snippetWanted(model: Model, form: 'waiver' | 'known'): Step {
  const check = checkAt(model)
  if (check === undefined) return said(model, 'there is no check here')
  const context = contextOf(model)
  const { findings } = model
  const query =
    findings?.check === check && (context === 'list' || context === 'groups') ? queryOf(findings) : undefined
  const number = context === 'evidence' ? findingAt(model) : undefined
  return step(model, { type: 'snippet', form, check, query, number })
}
