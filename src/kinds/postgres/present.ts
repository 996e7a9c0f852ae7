import type { Finding, Presented } from '../kind.js'

/** This kind has no findings. */
export function present(finding: Finding): Presented {
  return { headline: finding.finding, detail: [] }
}
