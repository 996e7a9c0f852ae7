/** The rows of a table one by one: the hash of each key and of each row, sorted by that of the key. */
import { type Key, keyFromLatin1 } from '../../lib/key.js'
import { createSpool, type SortedSpool } from '../../lib/spool.js'
import type { Session } from '../../postgres/source.js'
import { type Reading, rowsQuery } from './digest.js'

/** Held in memory of each table before it goes to disk: several are read at once. */
const RUN_BYTES = 4 * 1024 * 1024

export interface RowsOptions {
  readonly scratch: string
  readonly signal: AbortSignal
  /** Only rows in these buckets; all where left out. */
  readonly buckets?: readonly number[] | undefined
  /** Whether the keys are read as well. */
  readonly withKeys: boolean
  /** Told each key; may throw. */
  readonly onKey?: ((text: Key) => void) | undefined
}

/** To be closed. Of a record: its key is the hash of the key, its rest that of the row and the key as text. */
export async function rowsOf(session: Session, reading: Reading, options: RowsOptions): Promise<SortedSpool> {
  const { scratch, signal, buckets, withKeys, onKey } = options
  const spool = createSpool({ dir: scratch, runBytes: RUN_BYTES, signal })
  try {
    const { before, after } = rowsQuery(reading, { buckets, withKeys })
    // What a check file gives is a condition; here it is none.
    const query = { sql: 'true', path: ['connection'], around: { before, after } }
    for await (const page of session.stream(query)) {
      for (const [key, hash, text] of page) {
        const told = keyFromLatin1(text ?? '')
        onKey?.(told)
        const waiting = spool.add(keyFromLatin1(key ?? ''), `${hash ?? ''}${told}`)
        if (waiting !== undefined) await waiting
      }
    }
    return await spool.finish()
  } catch (error) {
    await spool.close()
    throw error
  }
}
