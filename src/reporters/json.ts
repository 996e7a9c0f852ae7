import { escapeJson } from '../lib/text-escape.js'
import { createCollector } from './collect.js'
import { FINDINGS_EACH, jsonDocument } from './json-document.js'
import type { Reporter, ReporterOptions } from './reporter.js'
import { writeText } from './write.js'

/** One JSON document when the run is over. */
export function createJson({ out }: Pick<ReporterOptions, 'out'>): Reporter {
  const collector = createCollector({ perClass: FINDINGS_EACH })
  return {
    onEvent: collector.add,
    close: async () => {
      const report = collector.report()
      if (report !== undefined) await writeText(out, `${escapeJson(JSON.stringify(jsonDocument(report), null, 2))}\n`)
    },
  }
}
