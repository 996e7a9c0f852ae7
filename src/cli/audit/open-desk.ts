/** What the desk of a live and of a recorded run have in common. */
import { kinds } from '../../kinds/index.js'
import type { Litter } from '../../lib/litter.js'
import type { Env } from '../../lib/text-terminal.js'
import { presentPlainly } from '../../reporters/present.js'
import { toClipboard } from '../../tui/clipboard.js'
import type { Desk } from '../../tui/desk.js'
import type { Book } from '../../tui/findings/book.js'
import { exportFindings } from '../../tui/findings/export.js'
import type { Screen } from '../../tui/screen.js'
import { edit } from './editor.js'
import type { LastState } from './last-report.js'

export interface OpenDesk {
  readonly desk: Desk
  /** Begins what there is to begin, once somebody looks. */
  readonly start: () => void
  /** Stops whatever is under way, as a signal of that name would, and waits for it. */
  readonly end: (signal: 'SIGINT' | 'SIGTERM') => Promise<void>
  readonly last: () => LastState
  /** Whose earlier runs count as those of this one: of this name, and begun before. */
  readonly run: { readonly name: string | undefined; readonly at: string }
  /** Rejects with a bug that ends the audit; never resolves. */
  readonly broken: Promise<never>
}

export interface DeskOptions {
  readonly cwd: string
  readonly env: Env
  readonly screen: Pick<Screen, 'lend' | 'send'>
  readonly book: Book
  readonly litter: Litter
  /** Aborted when the desk is left: what is being written then is given up. */
  readonly signal: AbortSignal
}

export async function commonOf({ cwd, env, screen, book, litter, signal }: DeskOptions) {
  const known = new Map((await kinds.load(kinds.names)).map((kind) => [kind.name, kind]))
  return {
    book,
    now: () => Date.now(),
    present: (kind, finding) => known.get(kind)?.present(finding) ?? presentPlainly(finding),
    copy: (text) => {
      const { sequence, told } = toClipboard(text, env)
      if (sequence !== undefined) screen.send(sequence)
      return told
    },
    edit: (position) => edit(position, { cwd, env, lend: screen.lend }),
    export: (request) => exportFindings(book, request, { signal, litter }),
  } satisfies Partial<Desk>
}
