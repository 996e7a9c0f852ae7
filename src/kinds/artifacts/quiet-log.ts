import { type AppendLog, openLog } from '../../lib/append-log.js'

/** A log that a check can do without: with its first error it is over, and that is told. */
export async function openQuietLog(
  path: string,
  length: number,
  onFailure: (error: unknown) => void,
): Promise<AppendLog> {
  let log: AppendLog | undefined
  const fail = async (error: unknown) => {
    const failed = log
    log = undefined
    onFailure(error)
    await failed?.close().catch(() => undefined)
  }
  try {
    log = await openLog(path, length)
  } catch (error) {
    await fail(error)
  }
  return {
    add: (key, rest) => log?.add(key, rest)?.catch(fail),
    flush: async () => log?.flush().catch(fail),
    close: async () => {
      await log?.flush().catch(fail)
      await log?.close().catch(() => undefined)
      log = undefined
    },
  }
}
