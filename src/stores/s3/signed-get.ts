/**
 * More pages like one that the SDK got: the same place, the same headers, signed by the SDK's own signer, but sent and read
 * without the rest of it, which costs more than all else together. What does not work this way is asked of the SDK again.
 */
import type { S3 } from './client.js'
import { type Connections, openConnections } from './connection.js'
import type { PageStart, SentRequest } from './list-request.js'
import type { Listing, Scan } from './scan-listing.js'

export interface SignedGet {
  /** The listing, or the status of HTTP where there is none. */
  readonly page: (start: PageStart) => Promise<Listing | number>
  readonly close: () => void
}

const STARTS = new Set(['continuation-token', 'start-after', 'x-id'])
/** Of the headers the SDK sends, those that S3 acts on; the signer adds its own. */
const SENT = /^(?:host|x-amz-content-sha256|x-amz-request-payer|x-amz-optional-object-attributes)$/

/** Undefined where the request is not signed in the usual way. */
export async function signedGet({ client }: S3, scan: Scan, model: SentRequest): Promise<SignedGet | undefined> {
  const [, region, service] =
    /^AWS4-HMAC-SHA256 Credential=[^/,]+\/\d{8}\/([^/,]+)\/([^/,]+)\/aws4_request,/.exec(
      model.headers['authorization'] ?? '',
    ) ?? []
  if (region === undefined || service === undefined) return undefined
  const { config } = client
  const signer = await config.signer()
  const secure = model.protocol === 'https:'
  const { hostname, port = secure ? 443 : 80, path, protocol } = model
  const connections: Connections = openConnections({ secure, hostname, port })
  const headers = Object.fromEntries(Object.entries(model.headers).filter(([name]) => SENT.test(name.toLowerCase())))
  const fixed: Record<string, string> = {}
  for (const [name, value] of Object.entries(model.query ?? {})) if (!STARTS.has(name)) fixed[name] = String(value)
  const asked = `${path}?${encodeQuery(fixed)}`
  return {
    page: async ({ token, after }) => {
      const start: Record<string, string> =
        token !== undefined ? { 'continuation-token': token } : after !== undefined ? { 'start-after': after } : {}
      const query = { ...fixed, ...start }
      const signed = await signer.sign(
        { method: 'GET', protocol, hostname, port, path, query, headers },
        {
          signingDate: new Date(Date.now() + config.systemClockOffset),
          signingRegion: region,
          signingService: service,
        },
      )
      const begin = encodeQuery(start)
      const get = { path: begin === '' ? asked : `${asked}&${begin}`, headers: signed.headers }
      return connections.get(get, ({ status, body }) => (status === 200 ? scan(body) : status))
    },
    close: () => connections.close(),
  }
}

/** As it is signed: everything but what RFC 3986 never reserves. */
function encodeQuery(query: Readonly<Record<string, string>>): string {
  let text = ''
  for (const name in query) text += `${text === '' ? '' : '&'}${encode(name)}=${encode(query[name] ?? '')}`
  return text
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
