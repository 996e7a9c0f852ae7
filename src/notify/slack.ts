/** Slack, by an incoming webhook. What is told stands in blocks, within the limits Slack has for them. */
import { escapeLines, escapeText } from '../lib/text-escape.js'
import { address, defineChannel, hostOf, routeSchema } from './channel.js'
import { cut, type Notice, type NoticeCheck } from './notice.js'
import { circumstances, headOf, summaryOf, whyOf } from './words.js'

export const slack = defineChannel({
  name: 'slack',
  schema: routeSchema('slack', 'A channel of Slack.', {
    url: address('Address of the incoming webhook, https://hooks.slack.com/services/…; whoever has it can post.'),
  }),
  credentials: ['url'],
  place: ({ url }) => hostOf(url),
  send: async ({ url }, notice, sending) => {
    const { ask } = await import('./request.js')
    const headers = { 'content-type': 'application/json; charset=utf-8' }
    await ask({ url, method: 'POST', headers, body: JSON.stringify(slackMessage(notice)) }, sending)
  },
})

/** Characters of a section; Slack refuses more. Of the 50 blocks it takes, the checks of a notice leave half. */
const SECTION = 3000
/** What a notification on a phone shows. */
const TEXT = 1000

const MARKS = { trouble: ':x:', resolved: ':white_check_mark:', clear: ':white_check_mark:' } as const

export function slackMessage(notice: Notice) {
  const { status, troubles, more_troubles: more, resolved, more_resolved: moreResolved, of_run: ofRun } = notice
  const summary = `${MARKS[status]} ${mrkdwn(cut(summaryOf(notice), TEXT))}`
  const blocks = [
    section([`*${summary}*`]),
    ...(ofRun === undefined ? [] : [section([mrkdwn(escapeText(`The run itself: ${ofRun}`))])]),
    ...troubles.map(checkSection),
    ...(resolved.length === 0
      ? []
      : [
          section([
            '*Resolved*',
            ...resolved.map(({ id, owner, was, now }) => mrkdwn(escapeText(`${id} (${owner}): ${was}, now ${now}`))),
            ...(moreResolved === 0 ? [] : [`and ${moreResolved} more`]),
          ]),
        ]),
    ...(more === 0 ? [] : [section([`and ${more} more: the report of the run has them`])]),
    section(circumstances(notice).map(mrkdwn)),
  ]
  return { text: summary, blocks }
}

function checkSection(check: NoticeCheck) {
  const [head = '', ...why] = [headOf(check), ...whyOf(check)].map(mrkdwn)
  const { remediation, runbook, place } = check
  const fix = escapeLines(remediation).map(mrkdwn)
  const last = [
    ...fix.map((line, index) => (index === 0 ? `*fix* ${line}` : line)),
    ...(runbook === undefined ? [] : [`runbook ${mrkdwn(escapeText(runbook))}`]),
    mrkdwn(escapeText(place)),
  ]
  return section([`*${head}*`, ...why], last)
}

/** What comes last is what to do, and must not be what is cut off. */
function section(lines: readonly string[], last: readonly string[] = []) {
  const end = fit(last, SECTION / 2)
  const text = [...fit(lines, SECTION - 1 - end.join('\n').length), ...end].join('\n')
  // Verbatim: no address in it becomes a link, no name a mention.
  return { type: 'section', text: { type: 'mrkdwn', verbatim: true, text } } as const
}

/** As many whole lines as have room; a first one that is too long is cut, not within an entity. */
function fit(lines: readonly string[], room: number): readonly string[] {
  const kept: string[] = []
  let left = room
  for (const line of lines) {
    if (line.length + 1 > left)
      return [...kept, ...(left < 20 ? [] : [`${cut(line, left - 2).replace(/&[a-z]*…$/, '…')}`])]
    kept.push(line)
    left -= line.length + 1
  }
  return kept
}

/** Slack's own escaping: without `<` there is no link, no mention and no command. */
function mrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
