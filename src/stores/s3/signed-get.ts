/**
 * More pages like one that the SDK got: the same place, the same headers, signed the same way, but sent and read without
 * the rest of it, which costs more than all else together. What does not work this way is asked of the SDK again.
 */
import type { S3 } from './client.js'
import { type Connections, openConnections } from './connection.js'
import type { PageStart, SentRequest } from './list-request.js'
import type { Listing, Scanner } from './scan-listing.js'
import { amzDate, createSigner, encodeQuery } from './sign.js'

export interface SignedGet {
  /** The listing, or the status of HTTP where there is none. */
  readonly page: (start: PageStart) => Promise<Listing | number>
  readonly close: () => void
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
  const sign = createSigner({ region, service })
  const asked = Object.entries(model.query ?? {}).map(([name, value]) => [name, String(value)] as const)
  const { path } = model
  const signed = Object.fromEntries(names.split(';').map((name) => [name, sent.get(name) ?? '']))
  const query = encodeQuery(Object.fromEntries(asked))
  if (sign({ path, query, headers: signed }, await config.credentials()) !== authorization) return undefined

  const secure = model.protocol === 'https:'
  const { hostname, port = secure ? 443 : 80 } = model
  const connections: Connections = openConnections({ secure, hostname, port })
  const fixedHeaders = Object.fromEntries([...sent].filter(([name]) => SENT.test(name)))
  const fixed = Object.fromEntries(asked.filter(([name]) => !STARTS.has(name)))
  return {
    page: async ({ token, after }) => {
      const start =
        token !== undefined ? { 'continuation-token': token } : after !== undefined ? { 'start-after': after } : {}
      const query = encodeQuery({ ...fixed, ...start })
      const credentials = await config.credentials()
      const { sessionToken } = credentials
      const headers: Record<string, string> = {
        ...fixedHeaders,
        'x-amz-date': amzDate(Date.now() + config.systemClockOffset),
        ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
      }
      headers['authorization'] = sign({ path, query, headers }, credentials)
      return connections.get({ path: `${path}?${query}`, headers }, ({ status, body }) =>
        status === 200 ? scan(body) : status,
      )
    },
    close: () => connections.close(),
  }
}
