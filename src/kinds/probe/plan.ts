import { formatDuration, formatSize } from '../../lib/units.js'
import type { UserQuery } from '../../postgres/source.js'
import type { ReadStep } from '../kind.js'
import type { ProbeSpec } from './schema.js'

export function plan(spec: ProbeSpec): readonly ReadStep[] {
  const { connection, probe_timeout: timeout, max_bytes: most, budget } = spec
  const bounds = [
    `at most ${formatDuration(timeout)}`,
    ...(most === undefined ? [] : [`none of an object above ${formatSize(most)}`]),
    ...(budget === undefined ? [] : [`${formatSize(budget)} in all`]),
  ]
  return [
    {
      what: 'list of what there is to probe',
      cost: 'one query',
      connection,
      reading: { type: 'query', query: listQuery(spec) },
    },
    {
      what: 'one probe of each object, the smallest first',
      cost: `one query each: ${bounds.join(', ')}`,
      connection,
      reading: { type: 'objects', list: listQuery(spec), most, budget },
      wants: ['tables'],
    },
  ]
}

export function listQuery({ list, params }: ProbeSpec): UserQuery {
  return { sql: list, params, path: ['list'] }
}
