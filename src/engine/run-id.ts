/** Names of runs. They begin with the time, so that they sort as the runs began, also of runs that began within one second. */
import { randomBytes } from 'node:crypto'

export function runId(at: Date): string {
  return `${at.toISOString().replace(/[-:.]/g, '')}-${randomBytes(3).toString('hex')}`
}

/** Source of a regular expression. Earlier versions gave the time in whole seconds. */
export const RUN_ID = String.raw`\d{8}T\d{6}(?:\d{3})?Z-[0-9a-f]+`
