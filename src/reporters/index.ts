/** The registry of report formats: one literal. Each is loaded when it is asked for. */
import type { Reporter, ReporterOptions } from './reporter.js'

export interface ReporterEntry {
  readonly summary: string
  /** Whether it writes while the run goes on, and not only at its end. */
  readonly streams: boolean
  readonly load: () => Promise<(options: ReporterOptions) => Reporter>
}

export const reporters = {
  table: {
    summary: 'for people (the default)',
    streams: false,
    load: async () => {
      const [{ createTable }, { presenters }] = await Promise.all([import('./table.js'), import('./presenters.js')])
      return (options) => createTable(options, presenters)
    },
  },
  html: {
    summary: 'one page for people, to keep, send and print',
    streams: false,
    load: async () => {
      const [{ createHtml }, { presenters }] = await Promise.all([import('./html/html.js'), import('./presenters.js')])
      return (options) => createHtml(options, presenters)
    },
  },
  plain: {
    summary: 'one line a check',
    streams: true,
    load: async () => (await import('./plain.js')).createPlain,
  },
  json: {
    summary: 'one document, with counts and the first findings',
    streams: false,
    load: async () => (await import('./json.js')).createJson,
  },
  ndjson: {
    summary: 'every event, one a line; `postflight report` replays it',
    streams: true,
    load: async () => (await import('./ndjson.js')).createNdjson,
  },
} as const satisfies Readonly<Record<string, ReporterEntry>>

export type ReporterName = keyof typeof reporters

export const REPORTER_NAMES = Object.keys(reporters) as readonly ReporterName[]
