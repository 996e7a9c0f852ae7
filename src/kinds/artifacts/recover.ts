/** Where missing keys can still be had. */
import type { Key } from '../../lib/key.js'
import { formatNumber } from '../../lib/text.js'
import { type Store, StoreError } from '../../stores/store.js'
import type { Recovery } from '../kind.js'
import { look } from './look.js'
import { mapLimited } from './map-limited.js'

export interface Recoveries {
  /** Names of the sources that hold each key, missing in `target`, in the order of the keys. */
  readonly find: (keys: readonly Key[], target: string) => Promise<readonly (readonly string[])[]>
  /** The ways that lead from a source to where something is missing. */
  readonly ways: () => readonly Recovery[]
  /** How many of all keys asked about each source holds. */
  readonly notes: () => readonly string[]
}

const WIDTH = 32

/** A source that is not there recovers nothing, which is said; it is no fault of the store that is checked. */
export async function createRecovery(
  names: readonly string[],
  open: (name: string) => Store,
  signal: AbortSignal,
): Promise<Recoveries> {
  const sources: {
    readonly name: string
    readonly store: Store
    readonly targets: Set<string>
    has: number
    untold: number
  }[] = []
  const absent: string[] = []
  let asked = 0
  for (const name of names) {
    const store = open(name)
    try {
      await store.probe({ signal })
      sources.push({ name, store, targets: new Set(), has: 0, untold: 0 })
    } catch (error) {
      if (!(error instanceof StoreError) || signal.aborted) throw error
      absent.push(`${name} could not be asked for missing keys: ${error.message}`)
    }
  }
  return {
    find: async (keys, target) => {
      asked += keys.length
      const found = await mapLimited(keys, WIDTH, async (key) => {
        const holders: string[] = []
        for (const source of sources) {
          if (source.store.refuse(key) !== undefined) continue
          const seen = await look(source.store, key, { signal })
          if ('mark' in seen) source.untold++
          else if (seen.entry !== undefined && seen.entry.unreadable === undefined) {
            source.has++
            source.targets.add(target)
            holders.push(source.name)
          }
        }
        return holders
      })
      return found
    },
    ways: () =>
      sources.flatMap(({ name, store, targets }) =>
        [...targets].map((target) => ({ source: name, target, from: store.place, to: open(target).place })),
      ),
    notes: () => [
      ...absent,
      // Where nothing is missing there is nothing to say.
      ...(asked === 0 ? [] : sources).map(({ name, has, untold }) => {
        const doubt = untold === 0 ? '' : ` (${formatNumber(untold)} could not be told)`
        return `${formatNumber(has)} of ${formatNumber(asked)} missing keys can be had from ${name}${doubt}`
      }),
    ],
  }
}
