import type { Finding, Presented } from '../kind.js'

/** The kind has no findings of its own: its count is the whole story. */
export function present(finding: Finding): Presented {
  return { headline: finding.finding, detail: [] }
}
