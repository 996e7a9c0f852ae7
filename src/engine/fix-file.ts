/** The statements that would mend what was found, one after the other. Postflight writes them and never runs them. */
import type { Litter } from '../lib/litter.js'
import { pendingFile } from './pending-file.js'

const HEAD = `-- What would mend what was found, where postflight knows it. It ran none of this.
-- Read it first, and run it where the findings are of, in a transaction if that can be.
`

export interface FixFile {
  readonly add: (statement: string) => Promise<void> | undefined
  readonly commit: () => Promise<void>
  readonly discard: () => Promise<void>
}

/** `base`: the path, without an ending. */
export function fixFile(base: string, litter?: Litter): FixFile {
  const file = pendingFile(`${base}.fix.sql`, litter)
  let last: string | undefined
  return {
    add: (statement) => {
      // Several findings may be mended by one.
      if (statement === last) return undefined
      const head = last === undefined ? HEAD : ''
      last = statement
      return file.write(Buffer.from(`${head}${statement}${statement.trimEnd().endsWith(';') ? '' : ';'}\n`))
    },
    commit: file.commit,
    discard: file.discard,
  }
}
