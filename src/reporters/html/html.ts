/**
 * One page that holds all there is to say of a run, to be kept, sent and printed. It is written while the run goes on:
 * findings as they come, the rest at the end, so that no more than the first few of each class are in memory.
 */
import type { RunEvent } from '../../engine/events.js'
import { createCollector } from '../collect.js'
import type { Present } from '../presenters.js'
import type { Reporter, ReporterOptions } from '../reporter.js'
import { writeText } from '../write.js'
import { createFindings } from './findings.js'
import { beginning, ending } from './page.js'

/** `presenters`: how findings of these kinds are put into words. */
export function createHtml(
  { out }: Pick<ReporterOptions, 'out'>,
  presenters: (kinds: readonly string[]) => Promise<Present>,
): Reporter {
  const collector = createCollector({ perClass: 5 })
  const write = (text: string) => writeText(out, text)
  const findings = createFindings(write)
  const kinds = new Map<string, string>()
  let present: Present | undefined

  const begin = async (event: RunEvent & { readonly type: 'run:start' }): Promise<void> => {
    for (const { id, kind } of event.checks) kinds.set(id, kind)
    present = await presenters([...new Set(kinds.values())])
    await write(beginning(event))
  }
  const onEvent = (event: RunEvent): Promise<void> | undefined => {
    collector.add(event)
    if (event.type === 'run:start') return begin(event)
    if (event.type === 'check:start') findings.forget(event.id)
    if (event.type === 'check:end') return findings.flush(event.id)
    if (event.type !== 'check:finding' || event.finding.known === true) return undefined
    const kind = kinds.get(event.id) ?? ''
    return findings.add(event.id, event.finding, () => {
      if (present === undefined) throw new Error('a finding came before its run')
      return present(kind, event.finding)
    })
  }

  return {
    onEvent,
    close: async () => {
      const run = collector.report()
      if (run === undefined || present === undefined) return
      // Of a check that had not ended, too.
      for (const { planned } of run.checks) await findings.flush(planned.id)
      for (const piece of ending(run, { findingsOf: findings.of, present })) await write(piece)
    },
  }
}
