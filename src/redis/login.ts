/** From settings to a client that is let in: TLS, password, database. The steps are told apart. */
import type { Duplex } from 'node:stream'
import { type Client, createClient, loadLibrary } from './client.js'
import { openSocket, secured } from './open-stream.js'
import type { RedisSettings } from './settings.js'
import { type ReadOptions, RedisError, type RedisStep } from './source.js'

export interface LoginOptions extends ReadOptions {
  /** Safe to print. */
  readonly label: string
  readonly connectTimeoutMs: number
  /** Opens the stream; without it a socket from where postflight runs. */
  readonly dial?: ((signal: AbortSignal) => Promise<Duplex>) | undefined
}

export interface LoggedIn {
  readonly client: Client
  readonly remarks: readonly string[]
}

/** Errors: RedisError with the step, the errors of `dial`, or the signal's reason; nothing is left open then. */
export async function logIn(settings: RedisSettings, options: LoginOptions): Promise<LoggedIn> {
  const { label, connectTimeoutMs } = options
  await loadLibrary()
  let step: RedisStep = 'connect'
  const onStep = (now: RedisStep) => {
    step = now
    options.onStep?.(now)
  }
  const late = () => new RedisError(`${label}: no answer in time`, { code: 'ETIMEDOUT', step })
  const controller = new AbortController()
  const follow = () => controller.abort(options.signal.reason)
  if (options.signal.aborted) follow()
  options.signal.addEventListener('abort', follow, { once: true })
  const timer = setTimeout(() => controller.abort(late()), connectTimeoutMs)
  try {
    return await open(settings, { ...options, onStep, signal: controller.signal })
  } finally {
    clearTimeout(timer)
    options.signal.removeEventListener('abort', follow)
  }
}

async function open(settings: RedisSettings, options: LoginOptions): Promise<LoggedIn> {
  const { label, dial, signal, onStep } = options
  let stream = await (dial === undefined ? openSocket(settings, options) : dial(signal))
  const give = () => stream.destroy()
  try {
    onStep?.('handshake')
    if (settings.tls) stream = await secured(stream, settings, label, signal)
    const client = await createClient(stream, label)
    const work = enter(client, settings, label)
    const remarks = await orAborted(work, signal)
    onStep?.('response')
    return { client, remarks }
  } catch (error) {
    give()
    throw signal.aborted ? signal.reason : error
  }
}

async function enter(client: Client, settings: RedisSettings, label: string): Promise<readonly string[]> {
  const remarks: string[] = []
  const { user, password, database } = settings
  try {
    if (password !== undefined) await client.send('AUTH', user === undefined ? [password] : [user, password])
  } catch (error) {
    if (!(error instanceof RedisError)) throw error
    if (!/without any password|no password is set/.test(error.message)) throw atLogin(error, label)
    remarks.push('the server asks for no password, though one is given')
  }
  try {
    if (database !== 0) await client.send('SELECT', [String(database)])
  } catch (error) {
    throw error instanceof RedisError ? atLogin(error, label) : error
  }
  return remarks
}

function atLogin(error: RedisError, label: string): RedisError {
  const { message, code, hint } = error
  const text = code === 'WRONGPASS' ? `${label}: the password was refused` : message
  return new RedisError(text, { code, hint, step: 'handshake' })
}

/** Waits no longer than the signal; what comes of the work then is not asked for. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
