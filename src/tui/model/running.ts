/** Runs, looks at single findings, and leaving: all that starts or ends something outside. */
import { checkAt, findingAt, isRunning, type Model } from '../model.js'
import { type Step, said, stay, step } from './step.js'

export function rerun(model: Model): Step {
  const check = checkAt(model)
  return check === undefined ? said(model, 'there is no check here') : ran(model, [check])
}

export function rerunFailed(model: Model): Step {
  const bad = [...model.ends.values()].filter(({ outcome }) => ['fail', 'error', 'blocked'].includes(outcome))
  return bad.length === 0
    ? said(model, 'no check failed')
    : ran(
        model,
        bad.map(({ id }) => id),
      )
}

/** Undefined: all of them. */
export function ran(model: Model, checks: readonly string[] | undefined): Step {
  const what = checks === undefined ? 'all checks' : checks.length === 1 ? checks[0] : `${checks.length} checks`
  return step(
    { ...model, asked: true, message: { text: `running ${what} again`, bad: false } },
    { type: 'run', checks },
  )
}

export function cancelled(model: Model): Step {
  if (isRunning(model)) {
    const text = 'stopping the run; what is known by then stays'
    return step({ ...model, stopping: true, message: { text, bad: false } }, { type: 'cancel' })
  }
  return model.findings?.looking === undefined ? stay(model) : step(model, { type: 'stopLooking' })
}

export function recheckWanted(model: Model): Step {
  const number = findingAt(model)
  if (number === undefined || model.findings === undefined) return said(model, 'there is no finding here')
  const before = model.rechecks.get(number)
  const asked = {
    state: 'asked',
    text: 'looking at it again',
    sides: before?.sides ?? [],
    at: before?.at ?? 0,
  } as const
  const rechecks = new Map(model.rechecks).set(number, asked)
  return step({ ...model, rechecks }, { type: 'recheck', check: model.findings.check, number })
}

export function quit(model: Model): Step {
  if (!isRunning(model)) return left(model)
  const question = 'the run is under way: stop it and leave?'
  return stay({ ...model, message: undefined, prompt: { type: 'confirm', question, yes: 'quit' } })
}

/** Ctrl-C. */
export function interrupted(model: Model): Step {
  if (!isRunning(model) || model.stopping) return left(model)
  const { model: next, effects } = cancelled(model)
  return { model: { ...next, message: { text: 'stopping the run; Ctrl-C once more leaves', bad: false } }, effects }
}

/** A run that is under way is stopped by whoever takes the screen away, and says so there. */
export function left(model: Model): Step {
  return isRunning(model)
    ? step({ ...model, stopping: true }, { type: 'leave', how: 'interrupted' })
    : step(model, { type: 'leave', how: 'quit' })
}
