/** What `since_last` is held against: of each check the last run that measured something of it. */
import type { CheckRecord, Records } from '../judge/record.js'
import type { History } from './history.js'

/** A run that could not tell is passed over: what was lost before it is still lost behind it. */
export async function previousOf(
  history: History,
  { name, checks }: { readonly name: string | undefined; readonly checks: Iterable<string> },
): Promise<Records> {
  const open = new Set(checks)
  const records = new Map<string, CheckRecord>()
  for await (const run of history.runs(name)) {
    for (const id of open) {
      const check = Object.hasOwn(run.checks, id) ? run.checks[id] : undefined
      if (check === undefined || Object.keys(check.subjects).length === 0) continue
      records.set(id, check)
      open.delete(id)
    }
    if (open.size === 0) break
  }
  return records
}
