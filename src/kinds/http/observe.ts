import { validateHeaderValue } from 'node:http'
import { CheckError } from '../../lib/errors.js'
import { jsonPathValues } from '../../lib/json-path.js'
import { parseSize } from '../../lib/units.js'
import { withDeadline } from '../../probes/deadline.js'
import { eachFamily } from '../../probes/families.js'
import { type HttpRequest, type HttpSeen, lookHttp } from '../../probes/http.js'
import { assertAllowed } from '../../writes/allowed.js'
import { readCa } from '../ca-file.js'
import type { Check, Context, Observation, Observed, Sighting } from '../kind.js'
import { longer, observationOf, type Seen, shorter } from '../reachability.js'
import { bodyJson, bodyText, isUnobserved, jsonValue, listValue } from './body.js'
import { ASKING, type HttpSpec } from './fields.js'
import { family, subjects } from './subjects.js'

export async function* observe(check: Check<HttpSpec>, context: Context): AsyncGenerator<Sighting, Observation, void> {
  const { spec } = check
  context.signal.throwIfAborted()
  if (!(ASKING as readonly string[]).includes(spec.method)) {
    assertAllowed(context.allowed, 'writes', `a request by ${spec.method}`)
  }
  const asked = await requestOf(check, context)
  const own = subjects(spec).flatMap(({ name, unobserved }) => (unobserved === undefined ? [name] : []))
  const named = [...new Set(check.assertions.map(({ subject }) => subject))].filter(
    (name) => !own.includes(name) && family(name, spec)?.unobserved === undefined && family(name, spec) !== undefined,
  )
  const looks = await withDeadline(context.signal, check.timeoutMs, (signal) =>
    eachFamily(spec.family, async (over) => {
      const look = await lookHttp(context.vantage, { ...asked, signal, family: over })
      return look.reached ? { reached: true, seen: seenOf(look.seen, check, named, asked.now) } : look
    }),
  )
  const worse = { latency: longer, first_byte: longer, cert_expires_in: shorter }
  return observationOf([...own, ...named], looks, worse)
}

async function requestOf(check: Check<HttpSpec>, { now }: Context): Promise<Omit<HttpRequest, 'signal'>> {
  const { spec } = check
  const { json, body, tls } = spec
  for (const [name, value] of Object.entries(spec.headers)) {
    try {
      validateHeaderValue(name, value)
    } catch (cause) {
      const message = `the value of the header "${name}" cannot be sent: a line break or a character beyond Latin-1 is in it`
      throw new CheckError(message, { cause, at: { path: ['headers', name] } })
    }
  }
  return {
    method: spec.method,
    url: new URL(spec.url),
    headers: json === undefined ? spec.headers : { 'content-type': 'application/json', ...lowered(spec.headers) },
    body: json === undefined ? body : JSON.stringify(json),
    connectTo: spec.connect_to,
    ca: await readCa(check, tls?.ca, ['tls', 'ca']),
    servername: tls?.servername,
    verify: tls?.verify ?? true,
    follow: spec.follow,
    maxBody: parseSize(spec.max_body) ?? 0,
    now: now(),
  }
}

function lowered(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

function seenOf(seen: HttpSeen, check: Check<HttpSpec>, named: readonly string[], now: Date): Seen {
  const { tls, urls, pointsTo, status, truncated, method } = seen
  const whole = (value: Observed): Observed =>
    truncated ? { unobserved: `the body is larger than ${check.spec.max_body} (max_body)` } : value
  const text = bodyText(seen, check.spec.max_body)
  const plain: Observed = { unobserved: 'what answered is http, without TLS' }
  const values: Record<string, Observed> = {
    status,
    latency: whole(tenth(seen.lastByteMs)),
    first_byte: tenth(seen.firstByteMs),
    body_size: whole(seen.body.length),
    body: text,
    redirects: urls.length - 1,
    final_url: urls.at(-1) ?? '',
    redirect_chain: urls,
    trusted: tls?.trusted ?? plain,
    cert_expires_in: tls === undefined ? plain : tls.validTo.getTime() - now.getTime(),
    tls_protocol: tls?.protocol ?? plain,
  }
  const json = named.some((name) => name.startsWith('json:')) ? bodyJson(text) : { unobserved: 'it was not asked for' }
  for (const name of named) {
    const found = name.startsWith('json:')
      ? jsonSubject(json, name.slice('json:'.length))
      : headerSubject(seen.headers, name.slice('header:'.length))
    values[name] = found === undefined ? absent(name, check) : found
  }
  const notes = [
    ...(pointsTo === undefined ? [] : [`it redirects (${status}) to ${pointsTo}, which was not followed: see follow`]),
    ...(tls?.trustError === undefined ? [] : [tls.trustError]),
    ...(seen.withoutConnect ? ['latency and first_byte are without the time to connect'] : []),
  ]
  return { subjects: values, notes, method }
}

function jsonSubject(json: { readonly json: unknown } | { unobserved: string }, path: string): Observed | undefined {
  if (isUnobserved(json)) return json
  try {
    const nodes = jsonPathValues(json.json, path)
    return nodes.length < 2 ? (nodes.length === 0 ? undefined : jsonValue(nodes[0])) : listValue(nodes)
  } catch (error) {
    if (error instanceof RangeError) return { unobserved: 'the JSON of the body is nested too deep' }
    throw error
  }
}

function headerSubject(headers: HttpSeen['headers'], name: string): string | undefined {
  const key = name.toLowerCase()
  const value = Object.hasOwn(headers, key) ? headers[key] : undefined
  return Array.isArray(value) ? value.join(', ') : value
}

/** What is not there is NULL for those who ask whether it is, and not measured for everybody else. */
function absent(name: string, { assertions }: Check<HttpSpec>): Observed {
  const ops = assertions.filter(({ subject }) => subject === name).flatMap(({ matcher }) => matcher.ops)
  if (ops.some(({ op }) => op === 'exists' || op === 'null')) return null
  return { unobserved: `the answer has nothing at ${name}` }
}

function tenth(ms: number): number {
  return Math.round(ms * 10) / 10
}
