/** What a backup check reads. */
import { keyToText } from '../../lib/key.js'
import { formatSize } from '../../lib/units.js'
import type { ReadStep } from '../kind.js'
import { commonPrefix } from './globs.js'
import type { BackupSpec } from './schema.js'

export function planBackup({ store, match, verify, budget, copy, restore }: BackupSpec): readonly ReadStep[] {
  const prefix = keyToText(commonPrefix(match))
  const reading = { type: 'entries', prefix, lookUp: { maxRows: -1, unlessAsserted: [] }, shared: false } as const
  const end = `and its end; what is compressed is unpacked, at most ${formatSize(budget)} of it`
  return [
    { what: `keys that match ${match.join(', ')}`, connection: store, cost: 'one listing', reading },
    {
      what: 'header and table of contents of the newest',
      connection: store,
      cost: verify === 'end' ? `a few small parts ${end}` : 'a few small parts',
    },
    ...(copy === undefined
      ? []
      : [
          {
            what: copy.which === 'each' ? 'the copy of each' : 'the copy of the newest',
            connection: copy.store,
            cost: copy.match === undefined ? 'a look-up for each' : 'one listing',
          },
        ]),
    ...(restore === undefined
      ? []
      : [
          {
            what: `a scratch database, restored from the newest, as connection ${restore.as}`,
            connection: restore.server,
            cost: 'writes as much as was dumped; dropped when the run ends; needs --allow-writes',
            wants: ['writes'] as const,
          },
        ]),
  ]
}
