/** A run in plain text for the body of a ping: everything that needs somebody, and no finding. */
import { changeFor } from './change.js'
import type { SeenRun } from './gather.js'
import { noticeFor } from './notice.js'
import { TOLD_OUTCOMES } from './route.js'
import { linesOf } from './words.js'

const ALL = {
  name: 'ping',
  type: 'ping',
  severity: 'info',
  owners: undefined,
  outcomes: TOLD_OUTCOMES,
  send: 'always',
  required: false,
  findings: 0,
  spec: undefined,
  place: { file: '', line: 0, column: 0, text: '' },
} as const

export function summaryText(seen: SeenRun): string {
  const change = changeFor(ALL, seen, { told: undefined, concerned: new Set(), closes: false })
  const notice = noticeFor(ALL, seen, change, { present: () => ({ headline: '' }), values: false })
  return `${linesOf(notice).join('\n')}\n`
}
