/** Looks up the key of every claim: for stores that cannot list, and for few rows where orphans are not asked about. */
import { type Claim, groupClaims } from './claim.js'
import { look } from './look.js'
import { mapLimited } from './map-limited.js'
import { type MatchOptions, noteDuplicate, takeClaim } from './match.js'
import { createAbsenceProbe } from './soft-absence.js'

/** Looks under way at once; the connection has a limit of its own below this. */
const WIDTH = 32

export async function matchByStat(options: MatchOptions): Promise<void> {
  const { run, signal, report } = options
  const probe = createAbsenceProbe(run.store, signal)
  for await (const page of groupClaims(run.claims.read())) {
    const claims = page.filter(({ refs }) => refs > 0)
    for (const { key } of claims) await probe(key)
    const looks = await mapLimited(claims, run.store.features.together ?? WIDTH, ({ key }) =>
      look(run.store, key, { signal }),
    )
    for (const [index, claim] of claims.entries()) await take(claim, looks[index], options)
    const last = page.at(-1)
    if (last !== undefined) await options.log?.settled(last.key)
    report({ stage: `looking up in ${run.name}`, done: run.tally.examined, unit: 'keys' })
  }
}

async function take(claim: Claim, found: Awaited<ReturnType<typeof look>> | undefined, options: MatchOptions) {
  await noteDuplicate(claim, options)
  if (found === undefined || 'entry' in found) return takeClaim(claim, found?.entry, options)
  options.run.tally.examined++
  await options.run.residues.add(claim.key, { ...found.mark, refs: claim.refs })
}
