/** Tells whether rows say the same as when they were read before. */
import { createHash, hash } from 'node:crypto'
import type { Key } from '../../lib/key.js'
import type { Rec } from '../../lib/records.js'
import { withoutAge } from './claim.js'
import type { ToVerify } from './verify-plan.js'

export interface RowHash {
  /** Records ascending by key; those of one key may stand in another order than before. */
  readonly add: (records: readonly Rec[]) => void
  /** Of all that was added; the records of the last key must be complete. */
  readonly digest: () => string
}

export function createRowHash(): RowHash {
  const hashed = createHash('sha1')
  let key: Key | undefined
  let rows: string[] = []
  const close = (): string => {
    if (rows.length > 1) rows.sort()
    const text = key === undefined ? '' : `${key}\0${rows.join('\0')}\n`
    rows = []
    return text
  }
  return {
    add: (records) => {
      let text = ''
      for (const record of records) {
        if (record.key !== key) {
          text += close()
          key = record.key
        }
        rows.push(withoutAge(record.rest))
      }
      hashed.update(text, 'latin1')
    },
    digest: () => {
      hashed.update(close(), 'latin1')
      key = undefined
      return hashed.copy().digest('base64')
    },
  }
}

/** Of what all rows of a key say of its content. */
export function hashItem({ key, refs, digests }: ToVerify): string {
  const said = digests.length > 1 ? [...digests].sort().join(' ') : (digests[0] ?? '')
  const text = `${key}\0${refs}\0${said}`
  return hash('sha1', text, 'base64').slice(0, 16)
}
