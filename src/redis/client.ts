/**
 * The protocol over a stream that is open already, spoken by ioredis, which is loaded with the first one. It never
 * connects again by itself: a connection that is lost is an error, and whoever reads again opens another.
 */
import type { Duplex } from 'node:stream'
import { networkReason } from './network-reason.js'
import { type ReadCommand, RedisError, type Reply } from './source.js'

/** The commands of a session besides those that read. */
type SessionCommand = 'AUTH' | 'SELECT'

export interface Client {
  /** Errors: RedisError. Its message is the server's, and holds no argument. */
  readonly send: (command: ReadCommand | SessionCommand, args: readonly string[]) => Promise<Reply>
  /** Whether another command may be sent. */
  readonly alive: () => boolean
  /** Lets go of the stream at once. */
  readonly drop: () => void
}

/** Takes its time where it is not loaded yet, which is no server's fault. */
export const loadLibrary = () => import('ioredis')

export async function createClient(stream: Duplex, label: string): Promise<Client> {
  const { AbstractConnector, Command, Redis } = await loadLibrary()
  // ioredis asks for a class here.
  class OpenStream extends AbstractConnector {
    constructor(_options: unknown) {
      super(0)
    }
    override connect(): ReturnType<InstanceType<typeof AbstractConnector>['connect']> {
      this.stream = stream as typeof this.stream
      return Promise.resolve(this.stream)
    }
  }
  const redis = new Redis({
    Connector: OpenStream,
    lazyConnect: true,
    retryStrategy: null,
    reconnectOnError: null,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    disableClientInfo: true,
    noDelay: false,
    protocol: 2,
  })
  // Given as undefined it would become its default, and be set on streams that know no such thing.
  delete redis.options.keepAlive
  let lost: Error | undefined
  redis.on('error', (error: Error) => {
    lost ??= error
  })
  stream.on('error', (error) => {
    lost ??= error
  })
  const drop = () => {
    stream.destroy()
    redis.disconnect()
  }
  const send = async (command: string, args: readonly string[]): Promise<Reply> => {
    try {
      return (await redis.sendCommand(new Command(command, [...args], { replyEncoding: 'utf8' }))) as Reply
    } catch (error) {
      throw explain(error, lost, label)
    }
  }
  try {
    await redis.connect()
  } catch (error) {
    drop()
    throw explain(error, lost, label)
  }
  return { send, alive: () => redis.status === 'ready' && !stream.destroyed, drop }
}

const NOT_LET_IN = /^(NOAUTH|WRONGPASS|DENIED|ERR max number of clients)/

/** The cause is left out where it is the server's: ioredis keeps the arguments of the command with it. */
function explain(error: unknown, lost: Error | undefined, label: string): unknown {
  if (!(error instanceof Error)) return error
  if (error.name === 'ReplyError') {
    const text = error.message.slice(0, 200)
    const code = /^[A-Z][A-Z0-9_]*/.exec(text)?.[0]
    const step = NOT_LET_IN.test(text) ? 'handshake' : 'response'
    return new RedisError(`${label}: ${text}`, { code, step, hint: hintFor(code) })
  }
  // What ioredis ends each of its protocol errors with.
  if (/Please report this/.test(error.message)) {
    const message = `${label}: what answers does not speak the protocol of Redis`
    return new RedisError(message, { code: 'PROTOCOL', step: 'response', hint: 'check host, port and tls' })
  }
  const { code, text } = networkReason(lost ?? Object.assign(new Error('closed'), { code: 'ECONNRESET' }))
  return new RedisError(`${label}: ${text}`, { code, step: 'response' })
}

function hintFor(code: string | undefined): string | undefined {
  switch (code) {
    case 'NOAUTH':
      return 'the server wants a password: set `password`, better as ${secret.…}'
    case 'WRONGPASS':
      return 'check user and password'
    case 'NOPERM':
      return 'let the user run this command: ACL SETUSER … +@read +info'
    case 'LOADING':
      return 'the server still reads its data from disk; wait, or look how far it is'
    default:
      return undefined
  }
}
