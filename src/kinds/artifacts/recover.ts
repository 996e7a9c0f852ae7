/** Where missing keys can still be had. */
import type { Key } from '../../lib/key.js'
import { formatNumber } from '../../lib/text.js'
import { type Store, StoreError } from '../../stores/store.js'
import { look } from './look.js'
import { mapLimited } from './map-limited.js'

export interface Recovery {
  /** Names of the sources that hold each key, in the order of the keys. */
  readonly find: (keys: readonly Key[]) => Promise<readonly (readonly string[])[]>
  /** How many of all keys asked about each source holds. */
  readonly notes: () => readonly string[]
}

const WIDTH = 32

/** A source that is not there recovers nothing, which is said; it is no fault of the store that is checked. */
export async function createRecovery(
  names: readonly string[],
  open: (name: string) => Store,
  signal: AbortSignal,
): Promise<Recovery> {
  const sources: { readonly name: string; readonly store: Store; has: number; untold: number }[] = []
  const absent: string[] = []
  let asked = 0
  for (const name of names) {
    const store = open(name)
    try {
      await store.probe({ signal })
      sources.push({ name, store, has: 0, untold: 0 })
    } catch (error) {
      if (!(error instanceof StoreError) || signal.aborted) throw error
      absent.push(`${name} could not be asked for missing keys: ${error.message}`)
    }
  }
  return {
    find: async (keys) => {
      asked += keys.length
      const found = await mapLimited(keys, WIDTH, async (key) => {
        const holders: string[] = []
        for (const source of sources) {
          if (source.store.refuse(key) !== undefined) continue
          const seen = await look(source.store, key, { signal })
          if ('mark' in seen) source.untold++
          else if (seen.entry !== undefined && seen.entry.unreadable === undefined) {
            source.has++
            holders.push(source.name)
          }
        }
        return holders
      })
      return found
    },
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
