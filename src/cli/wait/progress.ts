/** What `wait` says on stderr: which checks are still missing, whenever that changes, and now and then that it goes on. */
import type { CheckEnd } from '../../engine/events.js'
import { count } from '../../lib/text.js'
import { formatDuration } from '../../lib/units.js'
import { endText } from '../../reporters/plain.js'
import { joinLines, type Style } from '../../reporters/style.js'

const HEARTBEAT_MS = 30_000

export interface WaitProgress {
  readonly begin: (checks: number, forMs: number, everyMs: number) => void
  /** `missing`: what still stands against it; may be empty where too few checks could be judged, as `reason` says. */
  readonly notYet: (missing: readonly CheckEnd[], of: number, reason: string, elapsedMs: number) => void
  readonly over: (ready: boolean, elapsedMs: number, rounds: number) => void
}

export function createWaitProgress(style: Style, write: (text: string) => void): WaitProgress {
  let said = ''
  let saidAt = 0
  const say = (...lines: string[]) => write(joinLines(lines))
  return {
    begin: (checks, forMs, everyMs) =>
      say(`waiting for ${count(checks, 'check')}, ${formatDuration(forMs)} at most, every ${formatDuration(everyMs)}`),
    notYet: (missing, of, reason, elapsedMs) => {
      const now = JSON.stringify(missing.map(({ id, outcome, message, counts }) => [id, outcome, message, counts]))
      const time = formatDuration(elapsedMs)
      const what = missing.length === 0 ? style.text(reason) : `${missing.length} of ${count(of, 'check')} missing`
      if (now === said && elapsedMs - saidAt < HEARTBEAT_MS) return
      if (now === said) say(`${style.ellipsis} ${time}: still ${what}`)
      else say(`not yet, ${time}: ${what}`, ...missing.map((end) => `  ${endText(end, style)}`))
      said = now
      saidAt = elapsedMs
    },
    over: (ready, elapsedMs, rounds) =>
      say(`${ready ? 'ready' : 'not ready'} after ${formatDuration(elapsedMs)}, ${count(rounds, 'look')}`),
  }
}
