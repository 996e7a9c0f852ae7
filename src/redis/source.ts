/** What kinds see of a Redis connection. Types only, so that nothing here loads `ioredis`. Read-only by construction. */
import { CheckError, type CheckErrorOptions } from '../lib/errors.js'

/** Commands that change nothing; anything else is refused before it is sent. */
export const READ_COMMANDS = [
  'PING',
  'INFO',
  'DBSIZE',
  'TIME',
  'TYPE',
  'EXISTS',
  'TTL',
  'PTTL',
  'GET',
  'MGET',
  'STRLEN',
  'LLEN',
  'LRANGE',
  'LINDEX',
  'SCARD',
  'SMEMBERS',
  'SISMEMBER',
  'ZCARD',
  'ZCOUNT',
  'ZRANGE',
  'ZSCORE',
  'HGET',
  'HMGET',
  'HGETALL',
  'HLEN',
  'HEXISTS',
  'XLEN',
  'XINFO',
  'XPENDING',
  'XRANGE',
  'SCAN',
  'SSCAN',
  'HSCAN',
  'ZSCAN',
  'MEMORY',
  'CONFIG',
  'ACL',
] as const
export type ReadCommand = (typeof READ_COMMANDS)[number]

/** A reply as RESP2 gives it; texts are UTF-8. */
export type Reply = string | number | null | readonly Reply[]

export interface RedisReader {
  /**
   * `MEMORY` only as `MEMORY USAGE`, `CONFIG` only as `CONFIG GET`, `ACL` only as `WHOAMI` and `GETUSER`, `XINFO` as it is.
   * Errors: RedisError.
   */
  readonly call: (command: ReadCommand, ...args: readonly string[]) => Promise<Reply>
  /** What logging in showed that is worth saying and breaks nothing. */
  readonly remarks: readonly string[]
}

export interface ReadOptions {
  readonly signal: AbortSignal
  /** Told each step as it begins, for whoever gives up in the middle of one. */
  readonly onStep?: ((step: RedisStep) => void) | undefined
}

export interface RedisSource {
  /** Safe to print: no password. */
  readonly label: string
  /** Connects when first used; aborting the signal rejects with its reason and drops the connection. */
  readonly read: <T>(options: ReadOptions, use: (redis: RedisReader) => Promise<T>) => Promise<T>
  readonly close: () => Promise<void>
}

/** `handshake` is TLS and logging in. */
export type RedisStep = 'name' | 'connect' | 'handshake' | 'response'

export class RedisError extends CheckError {
  override readonly name = 'RedisError'
  /** First word of the server's error (NOAUTH, WRONGTYPE, LOADING), or Node's code of a connection error. */
  readonly code: string | undefined
  /** Step at which the server failed us; undefined where it is not the server's doing. */
  readonly step: RedisStep | undefined

  constructor(
    message: string,
    options: CheckErrorOptions & { readonly code?: string | undefined; readonly step?: RedisStep | undefined } = {},
  ) {
    super(message, options)
    this.code = options.code
    this.step = options.step
  }
}
