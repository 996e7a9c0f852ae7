/** At which moments several sessions saw the tables they compared. Pure. */
import { listWords } from '../../lib/text.js'
import { enginesOf } from './engine.js'
import type { CheckSpec } from './schema.js'
import type { Sessions } from './sessions.js'

/** Connections to servers where no session can be given the moment of another. */
export function apartOf({ source, target }: CheckSpec, sessions: Sessions): readonly string[] {
  const names = [
    ...(enginesOf(sessions.source).mysql === undefined ? [] : [source.connection]),
    ...(enginesOf(sessions.target).mysql === undefined ? [] : [target.connection]),
  ]
  return [...new Set(names)]
}

/** `frozen`: the source was not written to, so that all its moments were the same. */
export function momentsNote(
  { source }: CheckSpec,
  {
    lanes,
    apart,
    frozen,
  }: { readonly lanes: number; readonly apart: readonly string[]; readonly frozen: boolean | undefined },
): readonly string[] {
  const told = frozen === true ? apart.filter((name) => name !== source.connection) : apart
  if (lanes < 2 || told.length === 0) return []
  return [
    `${lanes} sessions of ${listWords(told)} compared the tables, each as of a moment of its own: no session there can be given that of another`,
  ]
}
