import { withDeadline } from '../../probes/deadline.js'
import { eachFamily } from '../../probes/families.js'
import { lookTcp, type TcpSeen } from '../../probes/tcp.js'
import type { Check, Context, Observation, Sighting } from '../kind.js'
import { longer, observationOf, type Seen, together } from '../reachability.js'
import type { TcpSpec } from './kind.js'

export async function* observe(check: Check<TcpSpec>, context: Context): AsyncGenerator<Sighting, Observation, void> {
  const { host, port, family: named, banner } = check.spec
  context.signal.throwIfAborted()
  const looks = await withDeadline(context.signal, check.timeoutMs, (signal) =>
    eachFamily(named, async (family) => {
      const look = await lookTcp(context.vantage, { host, port, family }, { signal, banner })
      return look.reached ? { reached: true, seen: subjectsOf(look.seen) } : look
    }),
  )
  const names = ['latency', 'addresses', ...(banner ? ['banner'] : [])]
  return observationOf(names, looks, { latency: longer, addresses: together })
}

function subjectsOf({ address, connectMs, banner, method }: TcpSeen): Seen {
  const untold = { unobserved: 'it cannot be told from where the check looks' }
  return {
    method,
    subjects: {
      latency: connectMs === undefined ? untold : Math.round(connectMs * 10) / 10,
      addresses: address === undefined ? untold : [address],
      ...(banner === undefined ? {} : { banner }),
    },
  }
}
