/** What an event of the run changes. A run that begins anew does so where the user is. */
import type { RunEvent } from '../../engine/events.js'
import { fold } from '../../engine/tally.js'
import { foldProgress } from '../../reporters/progress.js'
import type { Model } from '../model.js'
import { notesOf } from './ask.js'
import { lookedFor } from './look.js'
import { withRows } from './overview.js'
import { andThen, type Step, said, stay, step } from './step.js'

export function eventTold(model: Model, event: RunEvent): Step {
  const run = fold(model.run, event)
  const progress = foldProgress(model.progress, event)
  const next = { ...model, run, progress }
  switch (event.type) {
    case 'run:start': {
      const planned = new Map(event.checks.map((check) => [check.id, check]))
      return stay(withRows({ ...next, planned, ends: new Map(), asked: false, stopping: false }))
    }
    case 'check:start':
      return emptied(withRows({ ...next, ends: without(model.ends, event.id) }), event.id)
    case 'check:end':
      return andThen(
        refreshed(withRows({ ...next, ends: new Map(model.ends).set(event.id, event) }), event.id),
        (refreshed) => notesFollowed(refreshed, event.id),
      )
    case 'run:end':
      return said({ ...next, stopping: false }, `the run is over: exit ${event.exit.code}`)
    case 'check:progress':
    case 'check:finding':
      return stay(next)
  }
}

/** All events of a recorded run, and the cursor at the first of its checks. */
export function opened(model: Model, events: readonly RunEvent[]): Model {
  const run = events.reduce(fold, model.run)
  const planned = new Map(run.start?.checks.map((check) => [check.id, check]))
  const ends = new Map(run.ends.map((end) => [end.id, end]))
  return withRows({ ...model, run, progress: events.reduce(foldProgress, model.progress), planned, ends })
}

/** Its findings are forgotten: each attempt looks afresh. */
function emptied(model: Model, id: string): Step {
  const { findings } = model
  if (findings?.check !== id || findings.numbers.length + findings.groups.length === 0) return stay(model)
  return stay({ ...model, findings: { ...findings, numbers: new Uint32Array(), groups: [], counts: {}, stale: true } })
}

function refreshed(model: Model, id: string): Step {
  if (model.findings?.check !== id) return stay(model)
  const shown = model.view === 'findings' || model.view === 'evidence'
  return shown ? lookedFor(model) : stay({ ...model, findings: { ...model.findings, stale: true } })
}

/** Its findings have other numbers now, where they were looked for anew. */
function notesFollowed(model: Model, check: string): Step {
  const numbers = [...notesOf(model, check).keys()]
  return numbers.length === 0 ? stay(model) : step(model, { type: 'follow', check, numbers })
}

function without<Value>(map: ReadonlyMap<string, Value>, key: string): ReadonlyMap<string, Value> {
  if (!map.has(key)) return map
  const rest = new Map(map)
  rest.delete(key)
  return rest
}
