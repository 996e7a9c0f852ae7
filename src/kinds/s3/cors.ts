/** What pages of other origins can do, asked for each origin as a browser would ask. */
import type { BucketSession } from '../../stores/s3/bucket.js'
import { askUnsigned, urlOf } from '../../stores/s3/unsigned.js'
import type { Finding } from '../kind.js'
import {
  type CorsAsked,
  needsPreflight,
  notExposed,
  originLacks,
  preflightHeaders,
  preflightLacks,
} from './cors-rules.js'
import type { S3CheckSpec } from './kind.js'
import { counted, type Part } from './told.js'

type Cors = NonNullable<S3CheckSpec['cors']>
type Looked = 'passes' | { readonly lacks: string } | { readonly unclear: string }

/** `key`: whole key of an object, where one was found; rules of a bucket do not depend on it. */
export async function lookAtCors(
  session: BucketSession,
  cors: Cors,
  base: string,
  key: string | undefined,
): Promise<Part> {
  const url = urlOf(base, key ?? `${session.facts.prefix}.postflight/preflight`)
  const looked = await Promise.all(cors.origins.map((origin) => lookFor(session, askedBy(cors, origin), cors, url)))
  const findings: Finding[] = []
  const unclear: string[] = []
  for (const [index, one] of looked.entries()) {
    const origin = cors.origins[index] ?? ''
    if (one === 'passes') continue
    if ('lacks' in one) findings.push({ finding: 'cors_refused', key: origin, reason: one.lacks })
    else unclear.push(`${origin}: ${one.unclear}`)
  }
  const refused = counted(findings.length, unclear)
  return { subjects: { cors: typeof refused === 'number' ? refused === 0 : refused, cors_refused: refused }, findings }
}

function askedBy({ method, headers, credentials }: Cors, origin: string): CorsAsked {
  const names = headers ?? (method === 'PUT' || method === 'POST' ? ['content-type'] : [])
  return { origin, method, headers: [...new Set(names.map((name) => name.toLowerCase()))], credentials }
}

async function lookFor(session: BucketSession, asked: CorsAsked, { expose }: Cors, url: string): Promise<Looked> {
  const wanted = expose.map((name) => name.toLowerCase())
  if (!needsPreflight(asked)) {
    const simple = await lookSimply(session, asked, wanted, url)
    if (simple !== undefined) return simple
  }
  const answer = await askUnsigned(session, { method: 'OPTIONS', url, headers: preflightHeaders(asked) })
  if ('trouble' in answer) return { unclear: answer.trouble.message }
  const { status, headers } = answer.answer
  if (status >= 500 && status !== 501) return { unclear: `the preflight is answered with HTTP ${status}` }
  const lacks = preflightLacks(asked, status, headers)
  if (lacks !== undefined) return { lacks: status < 300 ? lacks : `the preflight gets HTTP ${status}; ${lacks}` }
  const hidden = notExposed(wanted, asked.credentials, headers)
  if (hidden.length === 0) return 'passes'
  const decisive = session.facts.aws || session.noticed().amazon === true
  if (decisive || headers['access-control-expose-headers'] !== undefined) return lacksExposed(hidden)
  // Some stores tell what is exposed only with the answer itself.
  return (await lookSimply(session, asked, wanted, url, true)) ?? lacksExposed(hidden)
}

/** The answer to GET itself. Undefined where it does not decide, as it is no success. */
async function lookSimply(
  session: BucketSession,
  asked: CorsAsked,
  wanted: readonly string[],
  url: string,
  exposedOnly = false,
): Promise<Looked | undefined> {
  const { origin, credentials } = asked
  const answer = await askUnsigned(session, { method: 'GET', url, headers: { origin, range: 'bytes=0-0' } })
  if ('trouble' in answer) return { unclear: answer.trouble.message }
  const { status, headers } = answer.answer
  const lacks = originLacks(asked, headers)
  if (exposedOnly && lacks !== undefined) {
    return { unclear: `only the answer to ${asked.method} itself could tell that ${wanted.join(', ')} is exposed` }
  }
  if (!exposedOnly && (status < 200 || status > 299)) return undefined
  if (lacks !== undefined) return { lacks }
  const hidden = notExposed(wanted, credentials, headers)
  return hidden.length === 0 ? 'passes' : lacksExposed(hidden)
}

function lacksExposed(names: readonly string[]): Looked {
  return { lacks: `Access-Control-Expose-Headers lacks ${names.join(', ')}` }
}
