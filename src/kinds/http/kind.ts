/** Kind `http`: whether a web server answers, and with what. */
import { endpointOf } from '../../probes/http-url.js'
import { defineKind, type LintProblem } from '../kind.js'
import { ASKING, HEADER_NAME, type HttpSpec, schema } from './fields.js'
import { present } from './present.js'
import { FAMILY_FORMS, family, subjects } from './subjects.js'

export const http = defineKind({
  name: 'http',
  summary: 'Asks a web server: status, headers, body, JSON values, redirects, time and certificate.',
  schema,
  uses: () => [],
  subjects,
  family,
  familyForms: FAMILY_FORMS,
  plan: (spec) => [{ what: `${spec.method} ${hostOf(spec)}`, cost: costOf(spec) }],
  present,
  waits: true,
  timeoutMs: 10_000,
  moves: () => true,
  lint,
  load: () => import('./observe.js'),
})

/** Without path and query, which may hold a secret. */
function hostOf({ url, connect_to: to }: HttpSpec): string {
  const { origin } = new URL(url)
  const { host, port } = endpointOf(new URL(url))
  return to === undefined ? `from ${origin}` : `from ${origin}, at ${to.host ?? host} port ${to.port ?? port}`
}

function costOf({ follow }: HttpSpec): string {
  return follow === 0 ? 'one request' : `one request, and up to ${follow} redirects`
}

function lint(spec: HttpSpec): readonly LintProblem[] {
  const problems: LintProblem[] = []
  const error = (message: string, path: readonly string[], hint?: string) =>
    problems.push({ level: 'error', message, path, ...(hint === undefined ? {} : { hint }) })
  for (const name of Object.keys(spec.headers)) {
    const low = name.toLowerCase()
    if (!HEADER_NAME.test(name)) error(`no header can be called "${name}"`, ['headers', name])
    if (['content-length', 'transfer-encoding', 'connection', 'accept-encoding'].includes(low)) {
      error(`the header "${name}" is set by postflight`, ['headers', name])
    }
  }
  if (spec.body !== undefined && spec.json !== undefined) error('a request has either `body` or `json`', ['json'])
  const field = spec.body === undefined ? 'json' : 'body'
  if (spec[field] !== undefined && (ASKING as readonly string[]).includes(spec.method)) {
    error(`a ${spec.method} request carries no body`, [field], 'set method: POST')
  }
  if (spec.tls !== undefined && /^http:/i.test(spec.url) && spec.follow === 0) {
    error('`tls` is given, but the address is http', ['tls'])
  }
  return problems
}
