/** Entries no row promises, as candidates for what is missing. */
import type { Key } from '../../lib/key.js'
import type { StoreRun } from './store-run.js'

export interface Stray {
  readonly key: Key
  readonly size: number | undefined
}

/** Pages ascending. May be read again. */
export type Strays = () => AsyncGenerator<readonly Stray[], void, void>

export function orphansOf({ residues }: Pick<StoreRun, 'residues'>): Strays {
  return async function* () {
    for await (const page of residues.read('orphaned')) {
      yield page.map(({ key, mark }) => {
        const size = mark.actual?.['size']
        return { key, size: typeof size === 'number' ? size : undefined }
      })
    }
  }
}
