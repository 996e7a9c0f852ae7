/**
 * Signatures of AWS, version 4, of requests that are all alike: GET, without a body, to one path. The SDK's signer makes
 * the same, at several times the cost.
 */
import { createHmac, hash } from 'node:crypto'

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

export interface Scope {
  readonly region: string
  readonly service: string
}

/** The value of `authorization`. The query as it is sent: encoded, and sorted by name. */
export type Sign = (query: string) => string

/** To sign requests to `path`, encoded as it is sent, that have these headers: lower-case names, `x-amz-date` among them. */
export function createSign(
  { region, service }: Scope,
  path: string,
  headers: Readonly<Record<string, string>>,
  { accessKeyId, secretAccessKey }: Credentials,
): Sign {
  const names = Object.keys(headers).sort()
  const signed = names.join(';')
  const date = headers['x-amz-date'] ?? ''
  const day = date.slice(0, 8)
  const scope = `${day}/${region}/${service}/aws4_request`
  const key = [day, region, service, 'aws4_request'].reduce(hmac, Buffer.from(`AWS4${secretAccessKey}`) as Buffer)
  const told = names.map((name) => `${name}:${headers[name]}\n`).join('')
  const behind = `${told}\n${signed}\n${headers['x-amz-content-sha256'] ?? ''}`
  const start = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=`
  return (query) => {
    const digest = hash('sha256', `GET\n${path}\n${query}\n${behind}`)
    return start + hmac(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${digest}`).toString('hex')
  }
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

/** `20240229T235959Z` */
export function amzDate(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '')
}

/** Sorted by the encoded name, and encoded: everything but what RFC 3986 never reserves. */
export function encodeQuery(query: Readonly<Record<string, string>>): string {
  const names = new Map(Object.keys(query).map((name) => [encode(name), query[name] ?? '']))
  return [...names.keys()]
    .sort()
    .map((name) => `${name}=${encode(names.get(name) ?? '')}`)
    .join('&')
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
