/** Which of the findings of a check are shown. */
import type { Finding } from '../kinds/kind.js'

const SHOWN = 5

/** Classes take turns, so that one huge class does not hide the others; shown together by class. */
export function pickFindings(findings: readonly Finding[]): readonly Finding[] {
  const classes = [...new Set(findings.map((finding) => finding.finding))]
  const queues = classes.map((name) => findings.filter((finding) => finding.finding === name))
  const room = Math.max(SHOWN, classes.length)
  const taken = new Set<Finding>()
  for (let turn = 0; taken.size < Math.min(room, findings.length); turn++)
    for (const queue of queues) {
      const next = queue[turn]
      if (next !== undefined && taken.size < room) taken.add(next)
    }
  return queues.flat().filter((finding) => taken.has(finding))
}
