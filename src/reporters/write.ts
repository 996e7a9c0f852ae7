/** Writing with back-pressure, which ends and never hangs where the reader has gone. */
import { once } from 'node:events'
import type { Writable } from 'node:stream'

/**
 * What it returns has to be awaited where there is something: then more may be written. A stream that is closed or
 * broken takes nothing more and says nothing.
 */
export function writeText(out: Writable, text: string): Promise<void> | undefined {
  if (text === '' || out.destroyed || out.writableEnded || out.errored !== null || out.write(text)) return undefined
  return drained(out)
}

async function drained(out: Writable): Promise<void> {
  const settled = new AbortController()
  const { signal } = settled
  try {
    // `once` rejects with the error of the stream: whoever owns the stream hears of it too.
    await Promise.race([once(out, 'drain', { signal }), once(out, 'close', { signal })])
  } catch {
    return
  } finally {
    settled.abort()
  }
}
