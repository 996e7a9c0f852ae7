/** The statements that would mend what was found, one after the other. Postflight writes them and never runs them. */
import type { Litter } from '../lib/litter.js'
import { pendingFile } from './pending-file.js'

const HEAD = `-- What would mend what was found, where postflight knows it. It ran none of this.
-- Read it first, and run it where the findings are of, in a transaction if that can be.
`

/** Names may hold what a terminal acts on, and a statement cannot be escaped without becoming another one. */
const ACTED_ON = /[^\P{Cc}\t\n]/u
const LEFT_OUT = '-- One is left out, for it holds control characters: see the findings, where they are escaped.\n'

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
      const written = ACTED_ON.test(statement)
        ? LEFT_OUT
        : `${statement}${statement.trimEnd().endsWith(';') ? '' : ';'}\n`
      return file.write(Buffer.from(`${head}${written}`))
    },
    commit: file.commit,
    discard: file.discard,
  }
}
