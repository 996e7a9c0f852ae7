/** What is measured of an answer. */
import { jsonPathProblem } from '../../lib/json-path.js'
import type { SubjectSpec } from '../kind.js'
import { REACHED } from '../reachability.js'
import { HEADER_NAME, type HttpSpec } from './fields.js'

export function subjects(spec: HttpSpec): readonly SubjectSpec[] {
  const bodied = spec.method === 'HEAD' ? { unobserved: 'an answer to HEAD has no body' } : {}
  const secured =
    /^http:/i.test(spec.url) && spec.follow === 0 ? { unobserved: 'the address is http, without TLS' } : {}
  return [
    ...REACHED,
    {
      name: 'status',
      type: 'integer',
      meaning: 'Status of the answer.',
      default: { level: 'expect', matcher: { lt: 400 } },
    },
    {
      name: 'latency',
      type: 'duration',
      meaning:
        'Time from the name to the last byte, redirects included; the longer one of two families. Where the vantage cannot tell the time to connect, without it, and a note says so.',
    },
    { name: 'first_byte', type: 'duration', meaning: 'The same up to the headers of the answer.' },
    { name: 'body_size', type: 'size', meaning: 'Size of the body as it was sent.', ...bodied },
    {
      name: 'body',
      type: 'text',
      meaning: 'The body, decoded by its charset (UTF-8 where none is named). Never in a report without --show-data.',
      withheld: 'data',
      ...bodied,
    },
    { name: 'redirects', type: 'count', unit: 'redirects', meaning: 'Redirects that were followed.' },
    { name: 'final_url', type: 'text', meaning: 'Address that answered, the values of its query left out.' },
    { name: 'redirect_chain', type: 'list', meaning: 'Every address that was asked, in order, in the same form.' },
    { name: 'trusted', type: 'boolean', meaning: 'Whether its certificate is trusted; see kind tls.', ...secured },
    {
      name: 'cert_expires_in',
      type: 'duration',
      meaning: 'Time its certificate still has; negative once it has expired.',
      ...secured,
    },
    { name: 'tls_protocol', type: 'text', meaning: 'Version of TLS spoken.', ...secured },
  ]
}

export const FAMILY_FORMS = ['json:$.status', 'header:content-type'] as const

/** `json:<JSON path>` and `header:<name>`. */
export function family(name: string, { method }: Pick<HttpSpec, 'method'>): SubjectSpec | undefined {
  if (name.startsWith('json:')) {
    const problem = method === 'HEAD' ? 'an answer to HEAD has no body' : jsonPathProblem(name.slice('json:'.length))
    return {
      name,
      type: 'any',
      meaning:
        'Value at a JSON path (RFC 9535) in the body: one node is its value (an object its JSON text), several are a list, none is not measured, or NULL where `exists` or `null` asks for it. Shown where an expectation compares it.',
      withheld: 'compared',
      ...(problem === undefined ? {} : { unobserved: problem }),
    }
  }
  if (!name.startsWith('header:')) return undefined
  const header = name.slice('header:'.length)
  const withheld = withheldHeader(header.toLowerCase())
  return {
    name,
    type: 'text',
    meaning:
      'A header of the answer, several of one name joined by a comma. Those that may hold something are shown where an expectation compares them, those of sessions and logins never.',
    ...(withheld === undefined ? {} : { withheld }),
    ...(HEADER_NAME.test(header) ? {} : { unobserved: `no header can be called "${header}"` }),
  }
}

/** Say how the server is set up, not what it holds. */
const PLAIN =
  /^(content-(type|length|language|encoding|disposition)|cache-control|server|allow|vary|accept-ranges|age|date|expires|via|retry-after|strict-transport-security|x-frame-options|x-content-type-options|x-robots-tag|x-powered-by|alt-svc|access-control-allow-.*)$/
const SECRET = /cookie|auth|token|secret|session|signature|credential|api-?key|password|csrf|jwt/

function withheldHeader(name: string): SubjectSpec['withheld'] {
  if (SECRET.test(name)) return 'secret'
  return PLAIN.test(name) ? undefined : 'compared'
}
