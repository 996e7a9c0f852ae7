import type { Finding, Presented } from '../kind.js'

/** This kind tells subjects only. */
export function present(finding: Finding): Presented {
  return { headline: finding.finding, detail: [] }
}
