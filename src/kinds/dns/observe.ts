import { withDeadline } from '../../probes/deadline.js'
import { type DnsSeen, lookDns } from '../../probes/dns/look.js'
import { parseServer } from '../../probes/dns/server.js'
import type { Check, Context, Observation, Sighting } from '../kind.js'
import { observationOf, type Seen } from '../reachability.js'
import type { DnsSpec } from './kind.js'

const NAMES = ['answers', 'count', 'rcode', 'ttl', 'cname', 'authoritative', 'latency', 'server']

export async function* observe(check: Check<DnsSpec>, context: Context): AsyncGenerator<Sighting, Observation, void> {
  const { name, type, resolver } = check.spec
  context.signal.throwIfAborted()
  const server = parseServer(resolver) ?? 'system'
  const local = check.from === 'local'
  const look = await withDeadline(context.signal, check.timeoutMs, (signal, ms) =>
    lookDns(name, type, server, { vantage: context.vantage, local, signal, ms }),
  )
  return observationOf(NAMES, [
    { family: undefined, look: look.reached ? { ...look, seen: subjectsOf(look.seen) } : look },
  ])
}

function subjectsOf({ answers, reply, latency, server, method }: DnsSeen): Seen {
  const untold = { unobserved: 'the system resolver does not tell it' }
  return {
    method,
    subjects: {
      answers,
      count: answers.length,
      rcode: reply?.rcode ?? untold,
      ttl:
        reply === undefined
          ? untold
          : reply.ttl === undefined
            ? { unobserved: 'there is no record' }
            : reply.ttl * 1000,
      cname: reply?.chain ?? untold,
      authoritative: reply?.authoritative ?? untold,
      latency: latency ?? { unobserved: 'it cannot be told from where the check looks' },
      server,
    },
  }
}
