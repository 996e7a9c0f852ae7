/** Watches one session in use: one statement at a time, and an end to it when the signal aborts. */
import { requestCancel } from './cancel.js'
import { stopped } from './explain-error.js'
import type { OpenedClient } from './open-client.js'
import { refuseMore } from './wire.js'

/** How long the server may take to end a cancelled statement before the connection is cut. */
const GRACE_MS = 2000

export interface Lease {
  readonly exclusive: <T>(use: () => Promise<T>) => Promise<T>
  readonly takeTurn: () => { readonly over: () => void }
  readonly stop: () => Promise<void>
  /** A cancel request may still be on its way: the connection must not serve anybody else. */
  readonly tainted: () => boolean
  readonly release: () => Promise<void>
}

export function watchClient({ client, cancelTarget }: OpenedClient, signal: AbortSignal): Lease {
  let turn: Promise<void> | undefined
  let stopping: Promise<void> | undefined

  const takeTurn = () => {
    if (signal.aborted || stopping !== undefined) throw stopped(signal)
    if (turn !== undefined) throw new Error('a session runs one statement at a time')
    let over = () => {}
    const mine = new Promise<void>((resolve) => {
      over = () => {
        turn = undefined
        resolve()
      }
    })
    turn = mine
    return { over }
  }

  const halt = async () => {
    // A turn may have more statements to come, which the cancel request would be too early for.
    refuseMore(client, stopped(signal))
    let timer: NodeJS.Timeout | undefined
    const quiet = new Promise<void>((resolve) => {
      client.connection.once('readyForQuery', () => resolve())
      client.connection.once('end', () => resolve())
      timer = setTimeout(() => {
        client.connection.stream.destroy()
        resolve()
      }, GRACE_MS)
    })
    await Promise.all([requestCancel(cancelTarget, GRACE_MS), Promise.race([quiet, turn])])
    clearTimeout(timer)
  }
  const stop = () => {
    stopping ??= halt()
    return stopping
  }
  const onAbort = () => {
    if (turn !== undefined) void stop()
  }
  signal.addEventListener('abort', onAbort)

  return {
    takeTurn,
    exclusive: async (use) => {
      const { over } = takeTurn()
      try {
        return await use()
      } finally {
        over()
      }
    },
    stop,
    tainted: () => stopping !== undefined,
    release: async () => {
      signal.removeEventListener('abort', onAbort)
      await stopping
    },
  }
}
