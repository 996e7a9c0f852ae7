/** Both tables of a comparison in ranges of their pages. The two sides need not be divided alike. */
import { quoteName } from '../../postgres/quote.js'
import { divided, inPages, type Pages, pagesOf } from '../pages.js'
import type { Side } from './expression.js'
import type { CompareSpec } from './schema.js'
import { onBoth, type Sessions } from './sessions.js'

/** Of each side, one after the other; together they are the table. */
export type Parts = Readonly<Record<Side, readonly Pages[]>>

export const WHOLE: Parts = { source: [{}], target: [{}] }

/** In one part, unless a server that has no workers for it holds a large table. */
export async function partsOf(spec: CompareSpec, sessions: Sessions): Promise<Parts> {
  const [source, target] = await onBoth(sessions, (session, side) =>
    pagesOf(session, quoteName(spec[side].table) ?? ''),
  )
  return { source: divided(source), target: divided(target) }
}

/** The rows of these pages, in place of the table. */
export function rowsIn(table: string, pages: Pages): string | undefined {
  const name = quoteName(table)
  return name === undefined ? undefined : inPages(name, pages)
}
