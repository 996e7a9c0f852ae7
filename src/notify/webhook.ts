/** A webhook: the notice as one JSON document, by POST. */
import * as z from 'zod'
import { escapeJson } from '../lib/text-escape.js'
import { address, defineChannel, hostOf, routeSchema, secretText } from './channel.js'
import type { Notice } from './notice.js'
import { summaryOf } from './words.js'

export const webhook = defineChannel({
  name: 'webhook',
  schema: routeSchema('webhook', 'A web server that takes JSON.', {
    url: address('Where it is posted to.'),
    headers: z
      .record(
        z.string().regex(/^[A-Za-z0-9-]+$/, 'a header name is letters, digits and dashes'),
        secretText('Header value.'),
      )
      .default({})
      .meta({ description: 'Headers of the request, such as authorization.' }),
  }),
  credentials: [],
  place: ({ url }) => hostOf(url),
  send: async ({ url, headers }, notice, sending) => {
    const { ask } = await import('./request.js')
    const own = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
    await ask(
      { url, method: 'POST', headers: { 'content-type': 'application/json', ...own }, body: webhookBody(notice) },
      sending,
    )
  },
})

/** Of version 1; fields are only added. */
export function webhookBody(notice: Notice): string {
  return escapeJson(JSON.stringify({ schema_version: 1, tool: 'postflight', summary: summaryOf(notice), ...notice }))
}
