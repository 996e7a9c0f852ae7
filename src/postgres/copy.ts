/**
 * COPY (…) TO STDOUT as one statement of the extended protocol, handed out in pages. Memory stays flat: when pages
 * wait, the socket is paused and TCP holds the server back. Written here because packages for COPY use the simple
 * protocol, in which text that closes the wrapper could run a second statement.
 */
import { parseCopyLine } from './copy-text.js'
import { PostgresError, type Row } from './source.js'
import { inert, send, submit, type WireClient, type WireConnection } from './wire.js'

const PAGE_ROWS = 1000
const PAGE_BYTES = 64 * 1024
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
): AsyncGenerator<readonly Row[], void, void> {
  const pages = collectPages(client.connection, bytea)
  submit(client, {
    ...inert,
    submit: (connection) => send(connection, { text }, 'run'),
    handleCopyData: ({ chunk }) => pages.add(chunk),
    handleError: pages.fail,
    handleReadyForQuery: pages.end,
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

/** Between the socket, which pushes, and the reader, who pulls. */
function collectPages(connection: WireConnection, bytea: readonly boolean[]) {
  const waiting: (readonly Row[])[] = []
  let rows: Row[] = []
  let bytes = 0
  let rest = ''
  let state: 'open' | 'ended' | 'discarding' = 'open'
  let dropped = false
  let failure: { readonly error: unknown } | undefined
  let wake = () => {}

  const line = (text: string) => {
    rows.push(parseCopyLine(text, bytea))
    bytes += text.length + 1
    if (rows.length >= PAGE_ROWS || bytes >= PAGE_BYTES) flush()
  }
  const flush = () => {
    if (rows.length > 0) waiting.push(rows)
    rows = []
    bytes = 0
    if (waiting.length >= AHEAD) connection.stream.pause()
    wake()
  }
  const finish = () => {
    if (state === 'open') flush()
    state = 'ended'
    connection.stream.resume()
    wake()
  }

  return {
    ended: () => state === 'ended',
    /** A message is one row today; the protocol allows any cut. */
    add: (chunk: Buffer) => {
      if (state !== 'open') return
      const text = rest + chunk.toString('latin1')
      let start = 0
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
        line(text.slice(start, end))
        start = end + 1
      }
      rest = start === text.length ? '' : text.slice(start)
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
      rows = []
      connection.stream.resume()
    },
    next: async (): Promise<readonly Row[] | undefined> => {
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
