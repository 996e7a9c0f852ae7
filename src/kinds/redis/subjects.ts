import type { SubjectSpec } from '../kind.js'

/** What the server says of itself. */
export const STATE: readonly SubjectSpec[] = [
  { name: 'latency', type: 'duration', meaning: 'Time a PING takes, once connected and let in.' },
  { name: 'version', type: 'text', meaning: 'Version the server says it is.' },
  { name: 'role', type: 'text', meaning: 'master or slave, as the server names it.' },
  {
    name: 'master_link',
    type: 'text',
    meaning: 'Link of a replica to its master: up or down; none where the server is a master itself.',
  },
  {
    name: 'loading',
    type: 'boolean',
    meaning: 'Whether it is still reading its data from disk, and refuses commands until then.',
    default: { level: 'expect', matcher: false },
  },
  {
    name: 'keys',
    type: 'count',
    unit: 'keys',
    meaning:
      'Keys in the database. None, where there were some, is the mark of a server that started without its data.',
  },
  { name: 'used_memory', type: 'size', of: 'max_memory', meaning: 'Memory its data takes.' },
  { name: 'max_memory', type: 'size', meaning: 'Memory it may take. Not observed where no limit is set.' },
  {
    name: 'maxmemory_policy',
    type: 'text',
    meaning: 'What happens when that is full. Queues need noeviction; any other throws jobs away.',
  },
  {
    name: 'evicted_keys',
    type: 'count',
    unit: 'keys',
    meaning: 'Keys thrown away for lack of memory since it started.',
  },
  {
    name: 'rdb_last_bgsave_ok',
    type: 'boolean',
    meaning: 'Whether its last snapshot was written. If not, it refuses writes, as it comes.',
    default: { level: 'expect', matcher: true },
  },
  { name: 'aof_enabled', type: 'boolean', meaning: 'Whether it keeps an append-only file.' },
  {
    name: 'aof_last_write_ok',
    type: 'boolean',
    meaning: 'Whether its last write to the append-only file went well; true where there is none.',
    default: { level: 'expect', matcher: true },
  },
  { name: 'connected_clients', type: 'count', unit: 'clients', of: 'max_clients', meaning: 'Clients connected.' },
  { name: 'max_clients', type: 'count', unit: 'clients', meaning: 'Clients that may be connected at once.' },
]
