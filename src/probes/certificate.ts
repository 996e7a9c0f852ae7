/** What a server's certificate says and what it is worth, in facts and words. */
import { X509Certificate } from 'node:crypto'
import { checkServerIdentity, type DetailedPeerCertificate, type TLSSocket } from 'node:tls'
import { formatDuration } from '../lib/units.js'
import { StepFailed } from './steps.js'

export interface TlsSeen {
  /** A client that insists would go on: chain, dates and name are right. */
  readonly trusted: boolean
  /** Why not, in words. */
  readonly trustError?: string | undefined
  readonly nameMatches: boolean
  readonly validFrom: Date
  readonly validTo: Date
  /** When the first of the chain expires. */
  readonly chainValidTo: Date
  /** DNS names and addresses. */
  readonly names: readonly string[]
  readonly subject: string
  readonly issuer: string
  readonly serial: string
  /** SHA-256, in hexadecimal with colons. */
  readonly fingerprint: string
  readonly selfSigned: boolean
  readonly chainLength: number
  readonly keyType: string
  readonly keyBits?: number | undefined
  readonly protocol: string
  readonly cipher: string
  readonly alpn?: string | undefined
}

/** `name`: the one it has to be for. */
export function describeTls(socket: TLSSocket, name: string, now: Date): TlsSeen {
  const leaf = socket.getPeerCertificate(true)
  if (leaf.raw === undefined) throw new StepFailed('handshake', 'the server sent no certificate')
  const certificate = new X509Certificate(leaf.raw)
  const chain = chainOf(leaf)
  const ends = chain.map((one) => Date.parse(one.valid_to))
  const names = namesOf(leaf.subjectaltname)
  const wrongName = checkServerIdentity(name, leaf)
  // Text, whatever the types say.
  const code = socket.authorized ? undefined : String(socket.authorizationError)
  const problems = [
    ...dateProblems(code !== undefined && DATES.includes(code) ? chain : [leaf], now),
    ...(code === undefined ? [] : chainProblem(code, chain)),
    ...(wrongName === undefined
      ? []
      : [`it is not for ${name}${names.length === 0 ? '' : `, but for ${some(names)}`}`]),
  ]
  const trusted = problems.length === 0 && socket.authorized
  return {
    trusted,
    ...(trusted ? {} : { trustError: problems.join('; ') || `not trusted (${code})` }),
    nameMatches: wrongName === undefined,
    validFrom: new Date(leaf.valid_from),
    validTo: new Date(leaf.valid_to),
    chainValidTo: new Date(Math.min(...ends)),
    names,
    subject: certificate.subject?.split('\n').join(', ') ?? '',
    issuer: certificate.issuer?.split('\n').join(', ') ?? '',
    serial: leaf.serialNumber,
    fingerprint: leaf.fingerprint256,
    selfSigned: certificate.checkIssued(certificate),
    chainLength: chain.length,
    keyType: certificate.publicKey.asymmetricKeyType ?? 'unknown',
    keyBits: leaf.bits,
    protocol: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().standardName,
    ...(typeof socket.alpnProtocol === 'string' ? { alpn: socket.alpnProtocol } : {}),
  }
}

/** Only then a date above the leaf is what it failed of: a server may also send an old path that nobody goes. */
const DATES = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']

/** The leaf first; as far as the server sent it, and a root that is known here. */
function chainOf(leaf: DetailedPeerCertificate): readonly DetailedPeerCertificate[] {
  const chain = [leaf]
  const seen = new Set([leaf.fingerprint256])
  for (
    let next = leaf.issuerCertificate;
    next !== undefined && !seen.has(next.fingerprint256);
    next = next.issuerCertificate
  ) {
    chain.push(next)
    seen.add(next.fingerprint256)
  }
  return chain
}

function dateProblems(chain: readonly DetailedPeerCertificate[], now: Date): readonly string[] {
  return chain.flatMap((one, depth) => {
    const whose = depth === 0 ? 'the certificate' : `the certificate of its issuer "${commonName(one.subject)}"`
    const [from, to] = [Date.parse(one.valid_from), Date.parse(one.valid_to)]
    if (to < now.getTime()) return [`${whose} expired ${formatDuration(now.getTime() - to)} ago`]
    return from > now.getTime() ? [`${whose} is not valid yet, only in ${formatDuration(from - now.getTime())}`] : []
  })
}

/** By OpenSSL's code. What dates and names are about is said already. */
function chainProblem(code: string, chain: readonly DetailedPeerCertificate[]): readonly string[] {
  const last = chain.at(-1)
  const [issuer, top] = [commonName(last?.issuer), commonName(last?.subject)]
  switch (code) {
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return []
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return ['the certificate is signed by itself, and not known here']
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return [`the root of its chain, "${top}", is not known here`]
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return [`the server does not send the certificate of the issuer "${issuer}", and it is not known here`]
    case 'CERT_REVOKED':
      return ['the certificate is revoked']
    default:
      return [`the certificate is not trusted (${code.toLowerCase().replaceAll('_', ' ')})`]
  }
}

function commonName(name: DetailedPeerCertificate['subject'] | undefined): string {
  const first = (value: string | readonly string[] | undefined) => (typeof value === 'string' ? value : value?.[0])
  return first(name?.CN) ?? first(name?.O) ?? 'without a name'
}

/** `DNS:a.test, IP Address:127.0.0.1, DNS:"odd, name"` as Node writes it. */
function namesOf(alternative: string | undefined): readonly string[] {
  const parts = alternative?.match(/(?:[^,"]|"(?:[^"\\]|\\.)*")+/g) ?? []
  return parts.flatMap((part) => {
    const name = /^\s*(?:DNS|IP Address):(.*)$/s.exec(part)?.[1]
    return name === undefined ? [] : [name]
  })
}

function some(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ')
}
