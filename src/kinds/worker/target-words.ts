/** What it means for a need that nothing can be dialled for a variable. */
import type { SeenTarget } from '../../probes/env-target.js'
import type { Need } from './need.js'

export const TARGET_WORDS: Readonly<Record<Extract<SeenTarget, string>, Pick<Need, 'is' | 'reason'>>> = {
  'not set': { is: 'missing', reason: 'not set' },
  empty: { is: 'missing', reason: 'empty' },
  socket: { is: 'untold', reason: 'its value names a Unix socket, which is not dialled' },
  unclear: { is: 'untold', reason: 'its value is no URL that can be taken apart with certainty' },
  'no port': { is: 'untold', reason: 'its URL has no port, and its scheme has no usual one; give `port`' },
}
