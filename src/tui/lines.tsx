/** Finished lines as ink draws them. */
import { Transform } from 'ink'
import type { ReactElement } from 'react'

/**
 * ink keeps every text it ever measured, which is a leak of all one scrolls through. So what it measures is the same
 * empty lines again and again, and the lines take their place when they are written.
 */
export function Lines({ lines }: { readonly lines: readonly string[] }): ReactElement {
  return (
    <Transform transform={(_, index) => lines[index] ?? ''}>{'\n'.repeat(Math.max(1, lines.length - 1))}</Transform>
  )
}
