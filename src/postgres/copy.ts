/**
 * COPY (…) TO STDOUT as one statement of the extended protocol, handed out in pages. Memory stays flat: when pages
 * wait, the socket is paused and TCP holds the server back. Written here because packages for COPY use the simple
 * protocol, in which text that closes the wrapper could run a second statement.
 */
import { tapCopyData } from './copy-tap.js'
import { createLineKeeper, rowsOf, rowsOfPiece } from './copy-text.js'
import { PostgresError, type RowLines } from './source.js'
import { inert, send, submit, type WireClient, type WireConnection } from './wire.js'

/** Pages that may wait before the socket is paused. */
const AHEAD = 2

export interface CopyOptions {
  /** One for each column: whether it holds bytea. */
  readonly bytea: readonly boolean[]
  /** When it aborts, what still arrives is dropped, so that the server gets to see that it was cancelled. */
  readonly signal: AbortSignal
  /** Ends what the server is doing and waits until it has; called when the reader leaves early. */
  readonly abandon: () => Promise<void>
}

/** Rejects with pg's DatabaseError or a connection error. */
export async function* copyOut(
  client: WireClient,
  text: string,
  { bytea, signal, abandon }: CopyOptions,
): AsyncGenerator<RowLines, void, void> {
  const pages = collectPages(client.connection)
  const whole = createLineKeeper()
  let untap = () => {}
  submit(client, {
    ...inert,
    submit: (connection) => {
      untap = tapCopyData(connection.stream, (bytes, spans, count) => {
        if (!pages.wants()) return
        const lines = whole(bytes, spans, count)
        if (lines.count === 0) return
        pages.add({
          ...lines,
          rows: () => rowsOf(lines, bytea),
          rowsOfPiece: (index) => rowsOfPiece(lines, index, bytea),
        })
      })
      send(connection, { text }, 'run')
    },
    // After an error pg has done with the query, and ends it without another word.
    handleError: (error) => {
      untap()
      pages.fail(error)
    },
    handleReadyForQuery: () => {
      untap()
      pages.end()
    },
  })
  signal.addEventListener('abort', pages.discard)
  try {
    for (let page = await pages.next(); page !== undefined; page = await pages.next()) yield page
  } finally {
    signal.removeEventListener('abort', pages.discard)
    if (!pages.ended()) {
      pages.discard()
      await abandon()
    }
  }
}

/** Between the socket, which pushes what a chunk of it holds, and the reader, who pulls. */
function collectPages(connection: WireConnection) {
  const waiting: RowLines[] = []
  let state: 'open' | 'ended' | 'discarding' = 'open'
  let dropped = false
  let failure: { readonly error: unknown } | undefined
  let wake = () => {}

  const finish = () => {
    state = 'ended'
    connection.stream.resume()
    wake()
  }

  return {
    ended: () => state === 'ended',
    wants: () => state === 'open',
    add: (page: RowLines) => {
      waiting.push(page)
      if (waiting.length >= AHEAD) connection.stream.pause()
      wake()
    },
    fail: (error: unknown) => {
      failure = { error }
      finish()
    },
    end: finish,
    /** From now on what arrives is dropped. */
    discard: () => {
      if (state === 'ended') return
      state = 'discarding'
      dropped = true
      waiting.length = 0
      connection.stream.resume()
    },
    next: async (): Promise<RowLines | undefined> => {
      while (waiting.length === 0 && state !== 'ended') {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      const page = waiting.shift()
      if (page !== undefined) {
        if (waiting.length < AHEAD) connection.stream.resume()
        return page
      }
      if (failure !== undefined) throw failure.error
      if (dropped) throw new PostgresError('stopped before all rows were read', { code: '57014' })
      return undefined
    },
  }
}
