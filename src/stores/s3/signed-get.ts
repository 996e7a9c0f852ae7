/**
 * More pages like one that the SDK got: the same place, the same headers, signed the same way, but sent and read without
 * the rest of it, which costs more than all else together. What does not work this way is asked of the SDK again.
 */
import type { S3 } from './client.js'
import { type Connections, openConnections } from './connection.js'
import type { PageStart, SentRequest } from './list-request.js'
import type { Listing, Scanner } from './scan-listing.js'
import { amzDate, type Credentials, createSign, encodeQuery, type Sign } from './sign.js'

export interface SignedGet {
  /** The listing, or the status of HTTP where there is none. */
  readonly page: (start: PageStart) => Promise<Listing | number>
  readonly close: () => void
}

interface Signing {
  /** Since 1970, by the clock of the store. */
  readonly second: number
  readonly by: Credentials
  readonly headers: Readonly<Record<string, string>>
  readonly sign: Sign
}

const STARTS = new Set(['continuation-token', 'start-after', 'x-id'])
/** Of the headers the SDK sends, those that S3 acts on; what signing needs is added. */
const SENT = /^(?:host|x-amz-content-sha256|x-amz-request-payer|x-amz-optional-object-attributes)$/
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=[^/,]+\/\d{8}\/([^/,]+)\/([^/,]+)\/aws4_request, SignedHeaders=([^,]+), Signature=/

/** Undefined where the request is not signed in the usual way: the signature of the SDK is not the one it would get here. */
export async function signedGet({ client }: S3, scan: Scanner, model: SentRequest): Promise<SignedGet | undefined> {
  const { config } = client
  const sent = new Map(Object.entries(model.headers).map(([name, value]) => [name.toLowerCase(), value]))
  const authorization = sent.get('authorization') ?? ''
  const [, region, service, names = ''] = AUTHORIZATION.exec(authorization) ?? []
  if (region === undefined || service === undefined) return undefined
  const asked = Object.entries(model.query ?? {}).map(([name, value]) => [name, String(value)] as const)
  const { path } = model
  const signed = Object.fromEntries(names.split(';').map((name) => [name, sent.get(name) ?? '']))
  const query = encodeQuery(Object.fromEntries(asked))
  const scope = { region, service }
  if (createSign(scope, path, signed, await config.credentials())(query) !== authorization) return undefined

  const secure = model.protocol === 'https:'
  const { hostname, port = secure ? 443 : 80 } = model
  const connections: Connections = openConnections({ secure, hostname, port })
  const fixedHeaders = Object.fromEntries([...sent].filter(([name]) => SENT.test(name)))
  const fixed = Object.fromEntries(asked.filter(([name]) => !STARTS.has(name)))
  /** Of one second: all that is signed but the query is the same. */
  let last: Signing | undefined
  const signing = (by: Credentials): Signing => {
    const second = Math.floor((Date.now() + config.systemClockOffset) / 1000)
    if (last?.second === second && isSame(last.by, by)) return last
    const token = by.sessionToken === undefined ? {} : { 'x-amz-security-token': by.sessionToken }
    const headers = { ...fixedHeaders, 'x-amz-date': amzDate(second * 1000), ...token }
    last = { second, by, headers, sign: createSign(scope, path, headers, by) }
    return last
  }
  return {
    page: async ({ token, after }) => {
      const start =
        token !== undefined ? { 'continuation-token': token } : after !== undefined ? { 'start-after': after } : {}
      const query = encodeQuery({ ...fixed, ...start })
      const { headers, sign } = signing(await config.credentials())
      return connections.get(
        { path: `${path}?${query}`, headers: { ...headers, authorization: sign(query) } },
        ({ status, body }) => (status === 200 ? scan(body) : status),
      )
    },
    close: () => connections.close(),
  }
}

function isSame(a: Credentials, b: Credentials): boolean {
  return a.accessKeyId === b.accessKeyId && a.secretAccessKey === b.secretAccessKey && a.sessionToken === b.sessionToken
}
