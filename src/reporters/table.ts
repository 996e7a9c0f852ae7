/** The report people read: an overview, what needs attention with the worst last, and the verdict at the end. */
import type { Outcome } from '../engine/events.js'
import { SEVERITIES } from '../kinds/kind.js'
import { type CheckReport, createCollector, findingsDirOf, type RunReport } from './collect.js'
import type { Present } from './presenters.js'
import type { Reporter, ReporterOptions } from './reporter.js'
import { createStyle, joinLines } from './style.js'
import { checkBlock } from './table-check.js'
import { overviewLines } from './table-overview.js'
import { remarkLines } from './table-remarks.js'
import { headLines, summaryLines, verdictLines } from './table-summary.js'
import { writeText } from './write.js'

/** Worst last: the eye is at the prompt. */
const BLOCKS: readonly Outcome[] = ['waived', 'warn', 'blocked', 'error', 'fail']
const WIDEST = 120

/** `presenters`: how findings of these kinds are put into words. */
export function createTable(
  options: ReporterOptions,
  presenters: (kinds: readonly string[]) => Promise<Present>,
): Reporter {
  const collector = createCollector({ perClass: 5 })
  return {
    onEvent: collector.add,
    close: async () => {
      const report = collector.report()
      if (report === undefined) return
      const present = await presenters(report.checks.map(({ planned }) => planned.kind))
      await writeText(options.out, renderTable(report, options, present))
    },
  }
}

export function renderTable(run: RunReport, options: Omit<ReporterOptions, 'out'>, present: Present): string {
  const style = createStyle({ ...options, width: Math.min(options.width, WIDEST) })
  const context = { style, present, findingsDir: findingsDirOf(run, options) }
  const listed = options.quiet ? run.checks.filter(({ end }) => end?.outcome !== 'pass') : run.checks
  const plain = options.quiet && run.end?.exit.code === 0 && listed.length === 0

  const sections = [
    ...(plain ? [] : [headLines(run.start, style)]),
    listed.length === 0 ? [] : overviewLines(listed, style),
    listed.flatMap((check) => remarkLines(check, style)),
    ...BLOCKS.flatMap((outcome) => worstLast(run.checks, outcome).map((check) => checkBlock(check, context))),
    ...(plain || run.end === undefined ? [] : [summaryLines(run.end, style, context.findingsDir)]),
    verdictLines(run.start, run.end, style),
  ]
  const lines = sections
    .filter((section) => section.length > 0)
    .flatMap((section, index) => (index === 0 ? section : ['', ...section]))
  return joinLines(lines)
}

function worstLast(checks: readonly CheckReport[], outcome: Outcome): readonly CheckReport[] {
  const rank = ({ planned }: CheckReport): number => SEVERITIES.indexOf(planned.severity)
  return checks.filter(({ end }) => end?.outcome === outcome).sort((a, b) => rank(b) - rank(a))
}
