/** Web services that answer from where the worker is. */
import { withDeadline } from '../../probes/deadline.js'
import { lookHttp } from '../../probes/http.js'
import { tellUrl } from '../../probes/http-url.js'
import { failedText } from '../../probes/steps.js'
import type { NeedsSpec } from './fields.js'
import type { Need, NeedsAnswer } from './need.js'
import { fromThere, type Looking } from './need-tcp.js'

/** Enough to see that it is an answer; its body is nobody's concern here. */
const MAX_BODY = 64 * 1024

export async function needHttp(asked: NonNullable<NeedsSpec['http']>, looking: Looking): Promise<NeedsAnswer> {
  return { needs: await Promise.all(asked.map((one) => ask(one, looking))) }
}

async function ask(
  { url: text, status: good }: NonNullable<NeedsSpec['http']>[number],
  { vantage, signal, patienceMs, now }: Looking,
): Promise<Need> {
  const url = new URL(text)
  const key = `http ${tellUrl(url)}`
  const look = await withDeadline(signal, patienceMs, (inner) =>
    lookHttp(vantage, {
      method: 'GET',
      url,
      headers: {},
      verify: true,
      follow: 0,
      maxBody: MAX_BODY,
      signal: inner,
      now: now(),
    }),
  )
  if (!look.reached) return { key, is: 'missing', reason: fromThere(failedText(look), vantage) }
  const { status } = look.seen
  if (good === undefined ? status < 400 : good.includes(status)) return { key, is: 'met' }
  return { key, is: 'missing', reason: `expectation: it answers with status ${status}, to ${vantage.label}` }
}
