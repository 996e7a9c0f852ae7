/** PagerDuty, by Events API v2: one incident a route, opened and added to while something is wrong, and resolved after. */
import { createHash } from 'node:crypto'
import { SEVERITIES } from '../kinds/kind.js'
import { escapeJson } from '../lib/text-escape.js'
import { address, defineChannel, hostOf, routeSchema, secretText } from './channel.js'
import { cut, type Notice, type NoticeCheck } from './notice.js'
import { linesOf, summaryOf } from './words.js'

export const pagerduty = defineChannel({
  name: 'pagerduty',
  schema: routeSchema('pagerduty', 'A service of PagerDuty.', {
    routing_key: secretText('Integration key of the service (Events API v2).'),
    url: address('Where events go; https://events.eu.pagerduty.com/v2/enqueue for the service region EU.').default(
      'https://events.pagerduty.com/v2/enqueue',
    ),
  }),
  credentials: ['routing_key'],
  closes: true,
  place: ({ url }) => hostOf(url),
  send: async ({ url, routing_key: key }, notice, sending) => {
    const event = pagerdutyEvent(notice, sending.route)
    if (event === undefined) return
    const { ask } = await import('./request.js')
    const body = escapeJson(JSON.stringify({ routing_key: key, ...event }))
    await ask({ url, method: 'POST', headers: { 'content-type': 'application/json' }, body }, sending)
  },
})

const SUMMARY = 1024
/** An event may have 512 KB in all, and a character has up to six bytes there. */
const TEXT = 50_000

export interface PagerdutyEvent {
  readonly event_action: 'trigger' | 'resolve'
  readonly dedup_key: string
  readonly client?: string
  readonly payload?: {
    readonly summary: string
    readonly source: string
    readonly severity: (typeof GRAVE)[number]
    readonly timestamp: string
    readonly component?: string
    readonly custom_details: unknown
  }
  readonly links?: readonly { readonly href: string; readonly text: string }[]
}

/** Undefined where there is nothing to open and nothing to resolve: what is wrong elsewhere keeps the incident open. */
export function pagerdutyEvent(notice: Notice, route: string): PagerdutyEvent | undefined {
  const { run, status, clear } = notice
  const dedupKey = dedupKeyOf(run.name, route)
  if (status !== 'trouble') return clear ? { event_action: 'resolve', dedup_key: dedupKey } : undefined
  const links = notice.troubles.flatMap(({ id, runbook }) =>
    runbook !== undefined && /^https?:\/\//.test(runbook) ? [{ href: runbook, text: `runbook of ${id}` }] : [],
  )
  return {
    event_action: 'trigger',
    dedup_key: dedupKey,
    client: 'postflight',
    payload: {
      summary: cut(summaryOf(notice), SUMMARY),
      source: run.host,
      severity: worst(notice),
      timestamp: run.finished_at,
      ...(run.name === undefined ? {} : { component: run.name }),
      custom_details: {
        text: cut(linesOf(notice).join('\n'), TEXT),
        exit: notice.exit,
        counts: notice.counts,
        run: run.id,
      },
    },
    ...(links.length === 0 ? {} : { links }),
  }
}

/** The same for every run of these check files, wherever it runs: else what one host opened, no other could resolve. */
export function dedupKeyOf(name: string | undefined, route: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([name ?? '', route]))
    .digest('hex')
  return `postflight-${digest.slice(0, 32)}`
}

const SEVERITY = { critical: 'critical', high: 'error', medium: 'warning', low: 'info', info: 'info' } as const
const GRAVE = ['critical', 'error', 'warning', 'info'] as const

function worst({ troubles, of_run: ofRun }: Notice): (typeof GRAVE)[number] {
  const all = [...troubles.map(severityOf), ...(ofRun === undefined ? [] : ['error' as const])]
  return GRAVE.find((grave) => all.includes(grave)) ?? 'error'
}

/** What only warns is no more than a warning, however grave a failure would be. */
function severityOf({ severity, outcome }: NoticeCheck): (typeof GRAVE)[number] {
  const grave = outcome === 'warn' && SEVERITIES.indexOf(severity) < SEVERITIES.indexOf('medium') ? 'medium' : severity
  return SEVERITY[grave]
}
