/** Opens one connected pg client: hosts in order, TLS as sslmode says, a deadline, an abort. Loads `pg` when first needed. */
import type { CancelTarget } from './cancel.js'
import { type ErrorContext, explainError, stopped } from './explain-error.js'
import type { Env } from './libpq-files.js'
import type { Host, Settings } from './settings.js'
import { PostgresError, type SessionOptions } from './source.js'
import { type TlsAttempt, tlsAttempts } from './tls.js'
import { refuseMore, run, type WireClient } from './wire.js'

export interface OpenOptions {
  readonly env: Env
  readonly applicationName: string
  readonly context: ErrorContext
  readonly signal: AbortSignal
  readonly onStep?: SessionOptions['onStep']
}

export interface OpenedClient {
  readonly client: WireClient
  readonly cancelTarget: CancelTarget
}

/** Errors: PostgresError of the last host tried. */
export async function openClient(settings: Settings, options: OpenOptions): Promise<OpenedClient> {
  let last: unknown
  const wanted = settings.info['target_session_attrs'] ?? 'any'
  const wishes = wanted === 'prefer-standby' ? ['standby', 'any'] : [wanted]
  for (const wish of wishes) {
    for (const host of settings.hosts) {
      try {
        const opened = await openHost(settings, host, options)
        if (await suits(opened.client, wish)) return opened
        await opened.client.end()
        last = new PostgresError(`${options.context.label}: no server is ${wish}, as target_session_attrs asks`)
      } catch (error) {
        if (options.signal.aborted) throw error
        last = error
      }
    }
  }
  throw last
}

async function openHost(settings: Settings, host: Host, options: OpenOptions): Promise<OpenedClient> {
  const attempts = tlsAttempts(settings.info, host, options.env)
  const secret = settings.password(host)
  const context = { ...options.context, user: settings.user, database: settings.database, passwordNote: secret.ignored }
  for (const [index, tls] of attempts.entries()) {
    try {
      return await connect(settings, host, tls, secret.password, options)
    } catch (error) {
      if (index === attempts.length - 1 || !refused(error)) throw explainError(error, context)
    }
  }
  throw new Error('no way to connect was tried')
}

/**
 * Whether the other way (with or without TLS) may be tried: the server has no TLS, TLS failed, or pg_hba.conf refuses
 * this way. Unlike libpq, a refused password is not sent again on the other way.
 */
function refused(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return code === '28000' || /SSL connection/.test(error.message) || /^(ERR_|EPROTO|ECONNRESET)/.test(code)
}

async function connect(
  settings: Settings,
  host: Host,
  tls: TlsAttempt,
  password: string | undefined,
  { applicationName, signal, onStep }: OpenOptions,
): Promise<OpenedClient> {
  if (signal.aborted) throw stopped(signal)
  const pg = await loadPg()
  const direct = tls !== undefined && settings.info['sslnegotiation'] === 'direct'
  const binding = settings.info['channel_binding'] === 'require'
  const client = new pg.Client({
    host: host.address ?? host.host,
    port: host.port,
    user: settings.user,
    database: settings.database,
    // A function, so that pg reads neither PGPASSWORD nor a password file by its own rules.
    password: () => password as string,
    ssl: tls ?? false,
    application_name: applicationName,
    keepAlive: true,
    ...{ enableChannelBinding: binding, ...(direct ? { sslnegotiation: 'direct' } : {}) },
    ...(settings.info['options'] === undefined ? {} : { options: settings.info['options'] }),
  }) as WireClient
  // A connection lost while idle is noticed when it is used next. The server may have said why; pg would not.
  client.on('error', (error) => refuseMore(client, error))
  if (binding) requireBinding(client)
  const give = () => client.connection.stream.destroy(abandoned)
  const abandoned = Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })
  const timer = setTimeout(give, settings.connectTimeoutMs)
  signal.addEventListener('abort', give)
  onStep?.('connect')
  client.connection.stream.once('connect', () => onStep?.('handshake'))
  try {
    await client.connect()
    onStep?.('response')
  } catch (error) {
    client.connection.stream.destroy()
    throw error
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', give)
  }
  const cancelTarget = {
    host: host.address ?? host.host,
    port: host.port,
    tls,
    direct,
    processId: client.processID ?? 0,
    secretKey: client.secretKey ?? 0,
  }
  return { client, cancelTarget }
}

/**
 * pg asks the runtime whether it is Cloudflare's: where there is no `navigator` (Node 20), by making a Response, for which
 * Node loads the whole of its fetch. With a `navigator` as later Nodes have it, it asks that.
 */
async function loadPg() {
  const bare = !('navigator' in globalThis)
  if (bare) Object.assign(globalThis, { navigator: { userAgent: `Node.js/${process.versions.node.split('.', 1)[0]}` } })
  try {
    return (await import('pg')).default
  } finally {
    if (bare) Reflect.deleteProperty(globalThis, 'navigator')
  }
}

/** Ends the connection before a password is sent to a server that does not prove to be the end of the TLS tunnel. */
function requireBinding(client: WireClient): void {
  const refuse = () =>
    client.connection.stream.destroy(
      new PostgresError('the server cannot do channel binding', {
        hint: 'channel_binding=require needs TLS and scram-sha-256',
      }),
    )
  client.connection.once('authenticationCleartextPassword', refuse)
  client.connection.once('authenticationMD5Password', refuse)
  client.connection.once('authenticationSASL', (message: { readonly mechanisms: readonly string[] }) => {
    if (!message.mechanisms.includes('SCRAM-SHA-256-PLUS')) refuse()
  })
}

/** What libpq's target_session_attrs asks of a server. */
async function suits(client: WireClient, wish: string): Promise<boolean> {
  if (wish === 'any') return true
  const { rows } = await run(client, {
    text: "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only') = 'on'",
  })
  const standby = rows[0]?.[0] === 't'
  const readOnly = rows[0]?.[1] === 't'
  switch (wish) {
    case 'primary':
      return !standby
    case 'standby':
      return standby
    case 'read-write':
      return !readOnly
    case 'read-only':
      return readOnly
    default:
      throw new PostgresError(
        'target_session_attrs must be any, primary, standby, prefer-standby, read-write or read-only',
      )
  }
}
