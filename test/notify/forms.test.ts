/** The messages as each channel writes them: their limits, and what hostile text makes of them. */
import { describe, expect, it } from 'vitest'
import { changeFor, type ToldState } from '../../src/notify/change.js'
import { noticeFor } from '../../src/notify/notice.js'
import { pagerdutyEvent } from '../../src/notify/pagerduty.js'
import { slackMessage } from '../../src/notify/slack.js'
import { summaryText } from '../../src/notify/summary.js'
import { webhookBody } from '../../src/notify/webhook.js'
import { summaryOf } from '../../src/notify/words.js'
import { type Given, type GivenRun, routeOf, seenRun } from './seen.js'

const HOSTILE = `<!channel> <https://evil.test|click> & \`*_~ \u001b[31m\u202e\r\n::error::x "${'🙂'.repeat(2000)}`
const hostile: Given = {
  outcome: 'fail',
  counts: { missing: 1_000_000, [HOSTILE]: 1 },
  planned: { title: HOSTILE, remediation: HOSTILE, runbook: HOSTILE, owner: HOSTILE },
  findings: Array.from({ length: 20 }, (_, index) => ({ finding: 'missing', key: `${index}${HOSTILE}` })),
  end: {
    message: HOSTILE,
    hint: HOSTILE,
    gaps: [HOSTILE],
    notes: Array.from({ length: 50 }, () => HOSTILE),
    diagnoses: [{ summary: HOSTILE, suggestion: HOSTILE }],
    assertions: Array.from({ length: 50 }, () => ({
      level: 'expect' as const,
      subject: HOSTILE,
      op: 'eq',
      expected: HOSTILE,
      actual: HOSTILE,
      ok: false,
      origin: 'file' as const,
    })),
  },
}

function noticeOf(checks: Readonly<Record<string, Given>>, told?: ToldState, run: GivenRun = {}, values = true) {
  const seen = seenRun(checks, run)
  const route = routeOf({ outcomes: ['fail', 'error', 'blocked', 'warn'], severity: 'info', findings: 20 })
  const change = changeFor(route, seen, { told, concerned: new Set(Object.keys(checks)), closes: true })
  return noticeFor(route, seen, change, { present: (_, { key = '' }) => ({ headline: key }), values })
}

/** JSON escapes half of a character. */
const isWhole = (text: string) => !/\p{Cs}|\\ud[89a-f]/iu.test(text)

const many = (count: number, given: Given) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`check-${index}`, given]))
const flood = noticeOf(many(5000, hostile), undefined, { start: { name: HOSTILE, host: HOSTILE } })

describe('a flood of hostile failures', () => {
  it('fits what Slack takes, and mentions and links nobody', () => {
    const { text, blocks } = slackMessage(flood)
    expect(blocks.length).toBeLessThanOrEqual(50)
    for (const block of blocks) {
      expect(block.text.text.length).toBeLessThanOrEqual(3000)
      expect(block.text.text.length).toBeGreaterThan(0)
      expect(block.text).toMatchObject({ type: 'mrkdwn', verbatim: true })
    }
    const all = [text, ...blocks.map((block) => block.text.text)].join('\n')
    expect(all.match(/[<>]|[^\P{C}\n]|&(?!amp;|lt;|gt;)/u)).toBeNull()
    // What to do is not what is cut off.
    expect(all.match(/\*fix\*/g)).toHaveLength(20)
    expect(all.includes('and 4980 more')).toBe(true)
  })

  it('fits what PagerDuty takes', () => {
    const event = pagerdutyEvent(flood, 'pager')
    expect(event?.payload?.summary.length).toBeLessThanOrEqual(1024)
    expect(JSON.stringify(event).length).toBeLessThan(512 * 1024)
    expect(Buffer.byteLength(webhookBody(flood))).toBeLessThan(1024 * 1024)
    // A runbook that is no address is no link.
    expect(event).not.toHaveProperty('links')
  })

  it('shows nothing hidden in any of them, and cuts no character', () => {
    for (const body of [
      webhookBody(flood),
      JSON.stringify(pagerdutyEvent(flood, 'p')?.payload?.summary),
      summaryText(seenRun(many(30, hostile))),
    ]) {
      expect(body.match(/[^\P{C}\n]/u)).toBeNull()
      expect(isWhole(body)).toBe(true)
    }
    expect(isWhole(JSON.stringify(slackMessage(flood)))).toBe(true)
    // As JSON it is the same text all the same.
    expect(JSON.parse(webhookBody(flood)).troubles[0].title.includes('\u202e')).toBe(true)
  })
})

describe('what PagerDuty is told', () => {
  const key = (name: string, route: string) =>
    pagerdutyEvent(noticeOf({ a: { outcome: 'fail' } }, {}, { start: { name } }), route)?.dedup_key

  it('opens and resolves one and the same incident, of this route and these check files', () => {
    const resolved = pagerdutyEvent(noticeOf({ a: { outcome: 'pass' } }, { a: { outcome: 'fail', counts: {} } }), 'p')
    expect(resolved).toEqual({ event_action: 'resolve', dedup_key: key('shop', 'p') })
    expect(new Set([key('shop', 'p'), key('shop', 'q'), key('other', 'p')]).size).toBe(3)
  })

  it('leaves it open while another check is wrong that this run did not look at', () => {
    const told = { a: { outcome: 'fail', counts: {} }, b: { outcome: 'fail', counts: {} } }
    const seen = seenRun({ a: { outcome: 'pass' } }, { selection: ['--check a'] })
    const route = routeOf()
    const change = changeFor(route, seen, { told, concerned: new Set(['a', 'b']), closes: true })
    const notice = noticeFor(route, seen, change, { present: () => ({ headline: '' }), values: true })
    expect([notice.status, pagerdutyEvent(notice, 'p')]).toEqual(['resolved', undefined])
  })

  it.each<[NonNullable<Given['severity']>, Given['outcome'], string]>([
    ['critical', 'fail', 'critical'],
    ['high', 'fail', 'error'],
    ['medium', 'error', 'warning'],
    ['low', 'blocked', 'info'],
    ['critical', 'warn', 'warning'],
    ['info', 'warn', 'info'],
  ])('%s and %s is %s', (severity, outcome, told) => {
    expect(pagerdutyEvent(noticeOf({ a: { outcome, severity } }), 'p')?.payload?.severity).toBe(told)
  })
})

describe('in one line', () => {
  it.each<[string, Readonly<Record<string, Given>>, ToldState | undefined, GivenRun]>([
    [
      'shop: 1 failed, 1 could not be told (b and a)',
      { a: { outcome: 'error' }, b: { outcome: 'fail' } },
      undefined,
      {},
    ],
    ['shop: 4 failed (check-0, check-1, check-2 and 1 more)', many(4, { outcome: 'fail' }), undefined, {}],
    ['shop: resolved: a', { a: { outcome: 'pass' } }, { a: { outcome: 'fail', counts: {} } }, {}],
    ['shop: all is well, 1 check looked at', { a: { outcome: 'pass' } }, {}, {}],
    [
      'shop: nothing that concerns this route (exit 1)',
      { a: { outcome: 'pass' } },
      {},
      { exit: { code: 1, reason: 'b' } },
    ],
    ['shop: exit 4: no check was selected', {}, undefined, { exit: { code: 4, reason: 'no check was selected' } }],
  ])('%s', (text, checks, told, run) => {
    expect(summaryOf(noticeOf(checks, told, run))).toBe(text)
  })
})

it('holds no value where row values might stand in it', () => {
  const body = webhookBody(noticeOf({ a: { ...hostile, counts: { missing: 1 } } }, {}, {}, false))
  const [check] = JSON.parse(body).troubles
  expect(check).toMatchObject({ findings: [], notes: [], counts: { missing: 1 } })
  for (const field of ['message', 'cause']) expect(check).not.toHaveProperty(field)
  for (const one of check.broken) expect(one).not.toHaveProperty('seen')
})
