import type { Sighting } from '../kinds/kind.js'
import type { CheckProgress } from './events.js'

type Step = Omit<Extract<Sighting, { readonly type: 'progress' }>, 'type'>

/** At most ten events a second and check. */
const PAUSE = 100

/**
 * Merges what a check says of its progress. The rate is that of the stage: a stage begins where the unit, the stage's
 * name or the count starts anew.
 */
export function createProgress(
  id: string,
  now: () => Date,
  send: (event: CheckProgress) => void,
): { readonly step: (step: Step) => void; readonly finish: () => void } {
  let stage: { readonly step: Step; readonly since: number } | undefined
  let held: CheckProgress | undefined
  let sentAt = Number.NEGATIVE_INFINITY
  let last = 0

  const flush = (at: number) => {
    if (held !== undefined) send(held)
    held = undefined
    sentAt = at
  }
  const step = ({ done, total, unit, stage: name }: Step) => {
    const date = now()
    const at = date.getTime()
    if (stage === undefined || stage.step.stage !== name || stage.step.unit !== unit || done < last) {
      stage = { step: { done, unit, stage: name }, since: at }
    }
    last = done
    const seconds = (at - stage.since) / 1000
    const rate = seconds <= 0 ? 0 : Math.round(((done - stage.step.done) / seconds) * 10) / 10
    held = {
      v: 1,
      type: 'check:progress',
      id,
      at: date.toISOString(),
      done,
      ...(total === undefined ? {} : { total }),
      unit,
      ...(name === undefined ? {} : { stage: name }),
      rate,
    }
    if (at - sentAt >= PAUSE) flush(at)
  }
  return { step, finish: () => flush(now().getTime()) }
}
