/** One look at a server over a stream that the caller dials, from wherever it looks: no connection of a check file. */
import { type LoginOptions, logIn, orAborted } from './login.js'
import { readerOf } from './reader.js'
import { type RedisAddress, redisSettings } from './settings.js'
import type { RedisReader } from './source.js'

/** Errors: RedisError, those of `dial`, or the signal's reason. The stream is let go of at the end. */
export async function readOnce<T>(
  address: RedisAddress,
  options: LoginOptions & Required<Pick<LoginOptions, 'dial'>>,
  use: (redis: RedisReader) => Promise<T>,
): Promise<T> {
  const session = await logIn(redisSettings(address), options)
  try {
    return await orAborted(use(readerOf(session)), options.signal)
  } finally {
    session.client.drop()
  }
}
