/** Opens one connected client: TLS as sslmode says, a deadline, an abort. Loads `mysql2` when first needed. */
import type { Connection, ConnectionOptions, SslOptions } from 'mysql2'
import { type ErrorContext, explainError, stopped } from './explain-error.js'
import type { MysqlSettings } from './settings.js'

export interface OpenOptions {
  readonly context: ErrorContext
  readonly connectTimeoutMs: number
  readonly signal: AbortSignal
}

/** Errors: MysqlError. */
export async function openClient(settings: MysqlSettings, options: OpenOptions): Promise<Connection> {
  const { mode, socket } = settings
  const attempts = socket !== undefined || mode === 'disable' ? [undefined] : tlsAttempts(settings)
  for (const [index, ssl] of attempts.entries()) {
    try {
      return await connect(settings, ssl, options)
    } catch (error) {
      if (options.signal.aborted) throw stopped(options.signal)
      const last = index === attempts.length - 1
      if (last || (error as { readonly code?: string }).code !== 'HANDSHAKE_NO_SSL_SUPPORT')
        throw explainError(error, options.context)
    }
  }
  throw new Error('no way to connect was tried')
}

/** As libpq means these words: below verify-ca, the other end is not known. */
function tlsAttempts({ mode, ca }: MysqlSettings): readonly (SslOptions | undefined)[] {
  const trusted = ca === undefined ? {} : { ca }
  switch (mode) {
    case 'verify-full':
      return [{ ...trusted, rejectUnauthorized: true, verifyIdentity: true }]
    case 'verify-ca':
      return [{ ...trusted, rejectUnauthorized: true }]
    case 'require':
      return [{ ...trusted, rejectUnauthorized: false }]
    default:
      return [{ rejectUnauthorized: false }, undefined]
  }
}

async function connect(
  { host, port, socket, user, password, database }: MysqlSettings,
  ssl: SslOptions | undefined,
  { connectTimeoutMs, signal }: OpenOptions,
): Promise<Connection> {
  if (signal.aborted) throw stopped(signal)
  const { createConnection } = (await import('mysql2')).default
  const options: ConnectionOptions = {
    ...(socket === undefined ? { host, port } : { socketPath: socket }),
    user,
    connectTimeout: connectTimeoutMs,
    charset: 'utf8mb4',
    multipleStatements: false,
    rowsAsArray: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    jsonStrings: true,
    // None is run twice, and a server has room for so many.
    maxPreparedStatements: 1,
    // Nothing the server asks for is read from here and sent to it.
    flags: ['-LOCAL_FILES'],
    ...(password === undefined ? {} : { password }),
    ...(database === undefined ? {} : { database }),
    ...(ssl === undefined ? {} : { ssl }),
  }
  const client = createConnection(options)
  // A connection that is lost while nothing runs is noticed when it is used next.
  client.on('error', () => {})
  const give = () => client.destroy()
  signal.addEventListener('abort', give, { once: true })
  try {
    await new Promise<void>((resolve, reject) => {
      client.connect((error) => (error === null ? resolve() : reject(error)))
      signal.addEventListener('abort', () => reject(stopped(signal)), { once: true })
    })
    return client
  } catch (error) {
    client.destroy()
    throw error
  } finally {
    signal.removeEventListener('abort', give)
  }
}
