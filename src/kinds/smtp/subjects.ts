/** What is measured of a mail server. */
import type { SubjectSpec } from '../kind.js'
import { REACHED } from '../reachability.js'

interface Asked {
  readonly tls: 'starttls' | 'implicit' | 'none'
  readonly user?: string | undefined
  readonly mail_from?: string | undefined
  readonly rcpt_to?: string | undefined
}

export function subjects({ tls, user, mail_from, rcpt_to }: Asked): readonly SubjectSpec[] {
  const encrypted = tls === 'none' ? { unobserved: 'TLS is not spoken; set tls: starttls or implicit' } : {}
  const unless = (asked: string | undefined, field: string) =>
    asked === undefined
      ? { unobserved: `nothing is tried without \`${field}\`` }
      : { default: { level: 'expect', matcher: true } as const }
  return [
    ...REACHED,
    { name: 'latency', type: 'duration', meaning: 'Time from the connection to the greeting.' },
    { name: 'banner', type: 'text', meaning: 'The greeting, without its code.' },
    {
      name: 'starttls',
      type: 'boolean',
      meaning: 'Whether STARTTLS is offered.',
      ...(tls === 'implicit' ? { unobserved: 'TLS is spoken from the start' } : {}),
    },
    {
      name: 'extensions',
      type: 'list',
      meaning: 'What the server offers, inside TLS where that is spoken: SIZE, AUTH, 8BITMIME …',
    },
    { name: 'size_limit', type: 'size', meaning: 'How large a message may be.' },
    { name: 'protocol', type: 'text', meaning: 'Version of TLS, such as TLSv1.3.', ...encrypted },
    {
      name: 'trusted',
      type: 'boolean',
      meaning: 'Whether a client that insists would go on: the chain is known here, the dates and the name are right.',
      ...(tls === 'none' ? encrypted : { default: { level: 'expect', matcher: true } as const }),
    },
    {
      name: 'expires_in',
      type: 'duration',
      meaning: 'Time the certificate still has; negative once expired.',
      ...encrypted,
    },
    { name: 'auth_ok', type: 'boolean', meaning: 'Whether user and password were taken.', ...unless(user, 'user') },
    { name: 'sender_ok', type: 'boolean', meaning: 'Whether the sender was taken.', ...unless(mail_from, 'mail_from') },
    {
      name: 'recipient_ok',
      type: 'boolean',
      meaning: 'Whether the recipient was taken.',
      ...unless(rcpt_to, 'rcpt_to'),
    },
  ]
}
