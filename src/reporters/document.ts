/** A report that is written at once, when the run is over. */
import { inertLine } from '../lib/text-escape.js'
import { createCollector, findingsDirOf, type RunReport } from './collect.js'
import { type Present, presenters } from './presenters.js'
import type { Reporter, ReporterOptions } from './reporter.js'
import { writeText } from './write.js'

/** Of each class of findings: a few more than are shown, so that classes can take turns. */
const PER_CLASS = 5

export interface DocumentContext {
  readonly present: Present
  readonly findingsDir: string | undefined
}

/**
 * Memory does not grow with the findings: of each check the first of each class are kept. No line of it is a command to
 * the runner of a pipeline, unless the format is one of such `commands`.
 */
export function createDocument(
  options: ReporterOptions,
  render: (run: RunReport, context: DocumentContext) => string | Promise<string>,
  { commands = false }: { readonly commands?: boolean } = {},
): Reporter {
  const collector = createCollector({ perClass: PER_CLASS })
  return {
    onEvent: collector.add,
    close: async () => {
      const run = collector.report()
      if (run === undefined) return
      const present = await presenters(run.checks.map(({ planned }) => planned.kind))
      const text = await render(run, { present, findingsDir: findingsDirOf(run, options) })
      await writeText(options.out, commands ? text : text.split('\n').map(inertLine).join('\n'))
    },
  }
}

/** The check files of a run have a name, or are named as a whole. */
export function runName({ start }: RunReport): string {
  return start.name ?? 'postflight'
}
