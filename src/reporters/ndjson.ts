import { escapeJson } from '../lib/text-escape.js'
import type { Reporter, ReporterOptions } from './reporter.js'
import { writeText } from './write.js'

/** The events themselves, one a line: what `postflight report` replays. A slow reader slows the run, memory stays flat. */
export function createNdjson({ out }: Pick<ReporterOptions, 'out'>): Reporter {
  return {
    onEvent: (event) => writeText(out, `${escapeJson(JSON.stringify(event))}\n`),
    close: async () => {},
  }
}
