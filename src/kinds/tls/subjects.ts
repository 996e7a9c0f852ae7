/** What is measured of a server and its certificate. */
import type { SubjectSpec } from '../kind.js'
import { REACHED } from '../reachability.js'

interface Asked {
  readonly verify: boolean
  readonly alpn?: readonly string[] | undefined
}

export function subjects({ verify, alpn }: Asked): readonly SubjectSpec[] {
  return [
    ...REACHED,
    {
      name: 'latency',
      type: 'duration',
      meaning: 'Time until the handshake was over; the longer one of two families.',
    },
    {
      name: 'trusted',
      type: 'boolean',
      meaning:
        'Whether a client that insists would go on: the chain is known here, the dates and the name are right. Revocation is not asked for.',
      ...(verify ? { default: { level: 'expect', matcher: true } as const } : {}),
    },
    { name: 'trust_error', type: 'text', meaning: 'Why it is not trusted, in words; none where it is.' },
    {
      name: 'expires_in',
      type: 'duration',
      meaning: 'Time the certificate still has; negative once it has expired.',
      default: { level: 'expect', matcher: { gt: '0s' } },
    },
    {
      name: 'chain_expires_in',
      type: 'duration',
      meaning: 'Time the first of the chain to expire still has: the certificate, and what the server sends along.',
    },
    { name: 'valid_from', type: 'text', meaning: 'When it begins to hold, as 2026-11-25T15:00:00Z.' },
    { name: 'valid_to', type: 'text', meaning: 'When it expires, in the same form.' },
    { name: 'names', type: 'list', meaning: 'DNS names and addresses it is for, as it writes them.' },
    {
      name: 'name_matches',
      type: 'boolean',
      meaning: 'Whether the name that is asked for is among them, wildcards considered.',
    },
    { name: 'subject', type: 'text', meaning: 'Whose it is: CN=shop.example.net, O=Shop.' },
    { name: 'issuer', type: 'text', meaning: 'Who signed it.' },
    { name: 'serial', type: 'text', meaning: 'Its serial number, hexadecimal.' },
    { name: 'fingerprint', type: 'text', meaning: 'SHA-256 of it: AB:CD:…' },
    { name: 'self_signed', type: 'boolean', meaning: 'Whether it signed itself.' },
    {
      name: 'chain_length',
      type: 'count',
      unit: 'certificates',
      meaning: 'Certificates in the chain as far as it is known here.',
    },
    { name: 'key_type', type: 'text', meaning: 'Kind of its key: rsa, ec, ed25519.' },
    { name: 'key_bits', type: 'count', unit: 'bits', meaning: 'Size of its key.' },
    { name: 'protocol', type: 'text', meaning: 'Version spoken: TLSv1.2, TLSv1.3.' },
    { name: 'cipher', type: 'text', meaning: 'Cipher spoken, by its IANA name.' },
    {
      name: 'alpn',
      type: 'text',
      meaning: 'Protocol the server chose of those offered; none where it chose none.',
      ...(alpn === undefined ? { unobserved: 'none is offered; set alpn' } : {}),
    },
  ]
}
