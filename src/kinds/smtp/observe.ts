import { hostname } from 'node:os'
import { withDeadline } from '../../probes/deadline.js'
import { lookSmtp, type SmtpSeen } from '../../probes/smtp/look.js'
import { readCa } from '../ca-file.js'
import type { Check, Context, Observation, Observed, Sighting } from '../kind.js'
import { observationOf, type Seen } from '../reachability.js'
import type { SmtpSpec } from './kind.js'
import { subjects } from './subjects.js'

export async function* observe(check: Check<SmtpSpec>, context: Context): AsyncGenerator<Sighting, Observation, void> {
  const { spec } = check
  const { host, port, user, password } = spec
  context.signal.throwIfAborted()
  const ca = await readCa(check, spec.ca, ['ca'])
  const now = context.now()
  const look = await withDeadline(context.signal, check.timeoutMs, (signal) =>
    lookSmtp(
      context.vantage,
      { host, port },
      {
        signal,
        tls: spec.tls,
        servername: spec.servername ?? host,
        ca,
        helo: spec.helo ?? ownName(),
        ...(user === undefined || password === undefined ? {} : { login: { user, password } }),
        loginInTheClear: spec.login_in_the_clear,
        mailFrom: spec.mail_from,
        rcptTo: spec.rcpt_to,
        now,
      },
    ),
  )
  const names = subjects(spec).flatMap(({ name, unobserved }) => (unobserved === undefined ? [name] : []))
  const seen = look.reached ? { reached: true as const, seen: seenOf(look.seen, now) } : look
  return observationOf(names, [{ family: undefined, look: seen }])
}

function seenOf(look: SmtpSeen, now: Date): Seen {
  const { method, features, tls } = look
  const tried = Object.entries({ auth_ok: look.login, sender_ok: look.sender, recipient_ok: look.recipient })
  const values: Record<string, Observed> = {
    latency: Math.round(look.greetingMs * 10) / 10,
    banner: look.banner,
    starttls: look.starttls,
    extensions: features.extensions,
    size_limit: features.sizeLimit ?? { unobserved: 'the server tells no limit' },
    ...(tls === undefined
      ? {}
      : { protocol: tls.protocol, trusted: tls.trusted, expires_in: tls.validTo.getTime() - now.getTime() }),
    ...Object.fromEntries(tried.flatMap(([name, one]) => (one === undefined ? [] : [[name, one.ok]]))),
  }
  const notes = [tls?.trustError, ...tried.map(([, one]) => one?.note)].filter((note) => note !== undefined)
  return { subjects: values, notes, method }
}

/** As mail clients do: servers often refuse a greeting that is no full name. */
function ownName(): string {
  const name = hostname()
  return /^[\w-]+(\.[\w-]+)+$/.test(name) ? name : '[127.0.0.1]'
}
