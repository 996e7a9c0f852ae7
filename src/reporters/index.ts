/** The registry of report formats: one literal. Each is loaded when it is asked for. */
import type { Reporter, ReporterOptions } from './reporter.js'

export interface ReporterEntry {
  readonly summary: string
  /** Whether it writes while the run goes on, and not only at its end. */
  readonly streams: boolean
  /** A document that stands alone: two of them after each other are none. */
  readonly alone?: true
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
    alone: true,
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
    alone: true,
    load: async () => (await import('./json.js')).createJson,
  },
  ndjson: {
    summary: 'every event, one a line; `postflight report` replays it',
    streams: true,
    load: async () => (await import('./ndjson.js')).createNdjson,
  },
  junit: {
    summary: 'JUnit XML, for GitLab, Jenkins and others',
    streams: false,
    alone: true,
    load: async () => (await import('./junit.js')).createJunit,
  },
  sarif: {
    summary: 'SARIF 2.1.0, for GitHub code scanning',
    streams: false,
    alone: true,
    load: async () => (await import('./sarif.js')).createSarif,
  },
  github: {
    summary: 'annotations, summary and outputs of a step; on by itself in GitHub Actions',
    streams: false,
    load: async () => (await import('./github.js')).createGithub,
  },
  gitlab: {
    summary: 'GitLab Code Quality',
    streams: false,
    alone: true,
    load: async () => (await import('./gitlab.js')).createGitlab,
  },
  markdown: {
    summary: 'a page for a ticket, a comment or a summary',
    streams: false,
    load: async () => (await import('./markdown.js')).createMarkdown,
  },
  tap: {
    summary: 'TAP 14',
    streams: false,
    alone: true,
    load: async () => (await import('./tap.js')).createTap,
  },
  nagios: {
    summary: 'a plugin of Nagios, Icinga or Sensu; on standard output with their exit codes',
    streams: false,
    alone: true,
    load: async () => (await import('./nagios.js')).createNagios,
  },
  prometheus: {
    summary: 'gauges for the textfile collector',
    streams: false,
    alone: true,
    load: async () => (await import('./prometheus.js')).createPrometheus,
  },
} as const satisfies Readonly<Record<string, ReporterEntry>>

export type ReporterName = keyof typeof reporters

export const REPORTER_NAMES = Object.keys(reporters) as readonly ReporterName[]
