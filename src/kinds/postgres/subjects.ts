/** What is measured of a database server. */
import type { SubjectSpec } from '../kind.js'
import { REACHED } from '../reachability.js'

export function subjects({ standby }: { readonly standby: boolean }): readonly SubjectSpec[] {
  const ofStandby = standby ? {} : { unobserved: 'set standby: true where the server is meant to be one' }
  return [
    ...REACHED,
    { name: 'latency', type: 'duration', meaning: 'Time the smallest query takes, once a session is open.' },
    { name: 'version', type: 'text', meaning: 'Version of the server, such as 18.1.' },
    {
      name: 'in_recovery',
      type: 'boolean',
      meaning: 'Whether it is a standby, which takes no writes: what an address for readers leads to.',
      default: { level: 'expect', matcher: standby },
    },
    {
      name: 'read_only',
      type: 'boolean',
      meaning: 'Whether sessions of this role begin read-only: on a standby, or by default_transaction_read_only.',
    },
    { name: 'database', type: 'text', meaning: 'Database that was reached.' },
    { name: 'user', type: 'text', meaning: 'Role of the session.' },
    { name: 'superuser', type: 'boolean', meaning: 'Whether that role is a superuser, whom no policy holds.' },
    { name: 'encrypted', type: 'boolean', meaning: 'Whether the session is in TLS, as the server sees it.' },
    {
      name: 'server_address',
      type: 'text',
      meaning: 'Address and port the server was reached at, as it sees them itself; unix socket where it is one.',
    },
    {
      name: 'system_identifier',
      type: 'text',
      meaning:
        'Number of the cluster, made when it was. Another one is another cluster; the same one may be a copy: a standby, a restored backup.',
    },
    { name: 'uptime', type: 'duration', meaning: 'Time since the server was started.' },
    {
      name: 'connections',
      type: 'count',
      unit: 'connections',
      of: 'max_connections',
      meaning: 'Clients connected to the server, this session among them.',
    },
    { name: 'max_connections', type: 'count', unit: 'connections', meaning: 'Connections it admits in all.' },
    { name: 'receiving', type: 'boolean', meaning: 'Whether the standby is connected to its primary.', ...ofStandby },
    {
      name: 'replay_lag',
      type: 'duration',
      meaning:
        'How far the standby is behind: 0 where all it received is replayed, else the age of the last transaction replayed.',
      ...ofStandby,
    },
  ]
}
