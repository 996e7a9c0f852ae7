/** A store as the recorded parts of a check tell of it: what was counted, and nothing that could still be asked. */
import { CheckError } from '../../lib/errors.js'
import { keyFromJson } from '../../lib/key.js'
import { readingOf, type SortedSpool } from '../../lib/spool.js'
import type { Store } from '../../stores/store.js'
import type { StoreLedger } from './ledger.js'
import type { Residues } from './residue.js'
import type { StoreRun } from './store-run.js'

export function recordedRun(ledger: StoreLedger, residues: Residues, changed: Residues): StoreRun {
  const { name, tally, gaps, bounds, listed } = ledger
  return {
    name,
    store: recordedStore(ledger),
    claims: NO_CLAIMS,
    everyClaim: NO_CLAIMS,
    bounds: bounds && { first: keyFromJson(bounds.first), last: keyFromJson(bounds.last) },
    residues,
    changed,
    tally: { ...tally },
    gaps: [...gaps],
    healed: new Map(),
    deleted: new Map(),
    listing: listed,
    since: 0,
  }
}

const NO_CLAIMS: SortedSpool = {
  count: 0,
  ...readingOf(async function* () {}),
  splits: () => [],
  sample: () => [],
  bounds: undefined,
  close: async () => {},
}

function recordedStore({ label, canList }: StoreLedger): Store {
  const refuse = (): never => {
    throw new CheckError(`${label} is not asked when recorded parts are put together`)
  }
  return {
    label,
    features: { list: canList, order: 'bytes', size: true },
    probe: async () => refuse(),
    refuse: () => undefined,
    list: () => refuse(),
    stat: async () => refuse(),
    open: async () => refuse(),
    close: async () => {},
  }
}
