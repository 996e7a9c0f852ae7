/** What differs still, told class by class. */
import type { Finding, Sighting } from '../kind.js'
import { readDiffering } from './first-look.js'
import type { Compared } from './observe.js'
import { DIFFERENCES, type Differing } from './side-by-side.js'
import { toFinding } from './tell.js'

/** Findings handed on at once. */
export const PAGE = 500

/** Returns how many of each class. `table`: its name, where the check has several. */
export async function* findingsOf(
  { first, again, columns, fixes }: Compared,
  table?: string,
): AsyncGenerator<Sighting, Differing, void> {
  const counts = { missing: 0, extra: 0, changed: 0 }
  const alone = first.hashings.target.pairing.key.length === 0
  for (const difference of DIFFERENCES) {
    let findings: Finding[] = []
    for await (const page of first.differing.read()) {
      for (const { key, rest } of page) {
        const rows = (again.has(key) ? again.get(key) : readDiffering(rest))?.[difference] ?? 0
        if (rows === 0) continue
        const finding = toFinding(difference, key, { alone, columns: columns.get(key), fix: fixes.get(key), table })
        for (let row = 0; row < rows; row++) {
          counts[difference]++
          findings.push(finding)
          if (findings.length < PAGE) continue
          yield { type: 'findings', findings }
          findings = []
        }
      }
    }
    if (findings.length > 0) yield { type: 'findings', findings }
  }
  return counts
}
