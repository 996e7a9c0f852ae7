import type { Finding, Presented } from '../kind.js'

/** This kind has numbers only. */
export function present(finding: Finding): Presented {
  return { headline: finding.finding, detail: [] }
}
