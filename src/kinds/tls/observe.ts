import { withDeadline } from '../../probes/deadline.js'
import { eachFamily } from '../../probes/families.js'
import { lookTls, type TlsLook } from '../../probes/tls.js'
import { readCa } from '../ca-file.js'
import type { Check, Context, Observation, Observed, Sighting } from '../kind.js'
import { longer, observationOf, type Seen, shorter } from '../reachability.js'
import type { TlsSpec } from './kind.js'
import { subjects } from './subjects.js'

export async function* observe(check: Check<TlsSpec>, context: Context): AsyncGenerator<Sighting, Observation, void> {
  const { spec } = check
  const { host, port, family: named, servername, starttls, alpn } = spec
  context.signal.throwIfAborted()
  const ca = await readCa(check, spec.ca, ['ca'])
  const now = context.now()
  const looks = await withDeadline(context.signal, check.timeoutMs, (signal) =>
    eachFamily(named, async (family) => {
      const options = { signal, servername, starttls, ca, alpn, now }
      const look = await lookTls(context.vantage, { host, port, family }, options)
      return look.reached ? { reached: true, seen: seenOf(look.seen, now) } : look
    }),
  )
  const names = subjects(spec).flatMap(({ name, unobserved }) => (unobserved === undefined ? [name] : []))
  return observationOf(names, looks, { latency: longer, expires_in: shorter, chain_expires_in: shorter })
}

function seenOf(look: TlsLook, now: Date): Seen {
  const { trusted, trustError, method } = look
  const left = (date: Date) => date.getTime() - now.getTime()
  const values: Record<string, Observed> = {
    latency:
      look.connectMs === undefined
        ? { unobserved: 'the time to connect cannot be told from where the check looks' }
        : Math.round((look.connectMs + look.handshakeMs) * 10) / 10,
    trusted,
    trust_error: trustError ?? 'none',
    expires_in: left(look.validTo),
    chain_expires_in: left(look.chainValidTo),
    valid_from: isoSecond(look.validFrom),
    valid_to: isoSecond(look.validTo),
    names: look.names,
    name_matches: look.nameMatches,
    subject: look.subject,
    issuer: look.issuer,
    serial: look.serial,
    fingerprint: look.fingerprint,
    self_signed: look.selfSigned,
    chain_length: look.chainLength,
    key_type: look.keyType,
    key_bits: look.keyBits ?? { unobserved: `a key of type ${look.keyType} has no size` },
    protocol: look.protocol,
    cipher: look.cipher,
    alpn: look.alpn ?? 'none',
  }
  return { subjects: values, method, ...(trustError === undefined ? {} : { notes: [trustError] }) }
}

function isoSecond(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z')
}
