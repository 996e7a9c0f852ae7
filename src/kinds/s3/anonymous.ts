/** What anybody can do to the bucket: keys that must be public, keys that must not, and the listing. */
import type { Asked, BucketSession } from '../../stores/s3/bucket.js'
import { headOf } from '../../stores/s3/objects.js'
import { askUnsigned, type UnsignedAnswer, urlOf } from '../../stores/s3/unsigned.js'
import type { Finding, Observed } from '../kind.js'
import type { S3CheckSpec } from './kind.js'
import { counted, type Part } from './told.js'

const REDIRECTS = 3

type Answered = 'readable' | { readonly refused: string } | { readonly absent: string } | { readonly unclear: string }

export async function lookAnonymously(session: BucketSession, spec: S3CheckSpec, base: string): Promise<Part> {
  const { public: open = [], private: closed = [], list = false } = spec.anonymous ?? {}
  const [opened, held, listed] = await Promise.all([
    Promise.all(open.map((key) => publicKey(session, base, key))),
    Promise.all(closed.map((key) => privateKey(session, base, key))),
    list ? listAnonymously(session, base) : undefined,
  ])
  return {
    subjects: {
      ...(open.length === 0 ? {} : { public_refused: sum(opened) }),
      ...(closed.length === 0 ? {} : { private_readable: sum(held) }),
      ...(listed === undefined ? {} : { anonymous_list: listed }),
    },
    findings: [...opened, ...held].filter((one) => one !== undefined).filter((one) => typeof one !== 'string'),
  }
}

/** A finding, why it could not be told, or nothing to say. */
type Looked = Finding | string | undefined

function sum(looked: readonly Looked[]): Observed {
  const found = looked.filter((one) => typeof one === 'object').length
  return counted(
    found,
    looked.filter((one) => typeof one === 'string'),
  )
}

async function publicKey(session: BucketSession, base: string, key: string): Promise<Looked> {
  const answered = await readAnonymously(session, base, key)
  if (answered === 'readable') return undefined
  if ('unclear' in answered) return `${JSON.stringify(key)}: ${answered.unclear}`
  const reason = 'absent' in answered ? answered.absent : answered.refused
  return { finding: 'public_refused', key, reason }
}

async function privateKey(session: BucketSession, base: string, key: string): Promise<Looked> {
  const answered = await readAnonymously(session, base, key)
  if (answered === 'readable') return { finding: 'private_readable', key }
  const unclear = (why: string) => `${JSON.stringify(key)}: ${why}`
  if ('unclear' in answered) return unclear(answered.unclear)
  if ('absent' in answered) return unclear(answered.absent)
  // To a stranger a missing object looks like a private one.
  const head = await headOf(session, session.facts.prefix + key)
  if ('answer' in head) return undefined
  if (head.trouble.kind === 'absent') return unclear('there is no such object')
  return unclear(`whether it is there cannot be told: HEAD with credentials: ${head.trouble.message}`)
}

async function readAnonymously(session: BucketSession, base: string, key: string): Promise<Answered> {
  const asked = await askUnsigned(session, {
    method: 'GET',
    url: urlOf(base, session.facts.prefix + key),
    headers: { range: 'bytes=0-0' },
    redirects: REDIRECTS,
  })
  if ('trouble' in asked) return { unclear: asked.trouble.message }
  const { status, head } = asked.answer
  const told = `HTTP ${status}${codeIn(head)}`
  // Of an empty object no first byte can be had, but whoever is told so may read it.
  if (status === 200 || status === 206 || status === 416) return 'readable'
  if (/<Code>InvalidObjectState</.test(head)) return { unclear: `archived (${told})` }
  if (status === 404 || status === 410) return { absent: `there is no such object (${told})` }
  if (status === 408 || status === 429 || status < 400 || status > 499) return { unclear: told }
  return { refused: told }
}

async function listAnonymously(session: BucketSession, base: string): Promise<Observed> {
  const { prefix } = session.facts
  const query = `list-type=2&max-keys=1${prefix === '' ? '' : `&prefix=${encodeURIComponent(prefix)}`}`
  const url = `${base.replace(/\/$/, '')}/?${query}`
  return listing(await askUnsigned(session, { method: 'GET', url, redirects: REDIRECTS }))
}

function listing(asked: Asked<UnsignedAnswer>): Observed {
  if ('trouble' in asked) return { unobserved: asked.trouble.message }
  const { status, head } = asked.answer
  if (status === 200 && /<(\w+:)?ListBucketResult[\s>]/.test(head)) return true
  if ([400, 401, 403, 404, 405].includes(status)) return false
  return { unobserved: `what answers the listing is not S3 (HTTP ${status})` }
}

/** Codes are words; whatever else a server may write there is not repeated. */
function codeIn(head: string): string {
  const [, code] = /<Code>([A-Za-z0-9.]{1,64})<\/Code>/.exec(head) ?? []
  return code === undefined ? '' : ` ${code}`
}
