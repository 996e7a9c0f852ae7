/** A standby as far as its primary can tell: it asks for all WAL there will be, and asks again whenever it is cut off. */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

const AGAIN_MS = 20

/** `url`: of a role that may replicate, or may at times. */
export function stream(url: string): { readonly stop: () => Promise<void> } {
  const stopping = new AbortController()
  let client: pg.Client | undefined
  const once = async (): Promise<void> => {
    client = new pg.Client({ connectionString: url, replication: 'true' } as pg.ClientConfig)
    client.on('error', () => undefined)
    try {
      await client.connect()
      const { rows } = await client.query<{ xlogpos: string }>('IDENTIFY_SYSTEM')
      // Its answer ends with the connection.
      await client.query(`START_REPLICATION PHYSICAL ${rows[0]?.xlogpos}`)
    } finally {
      await client.end().catch(() => undefined)
    }
  }
  const over = (async () => {
    while (!stopping.signal.aborted) {
      await once().catch(() => undefined)
      await sleep(AGAIN_MS)
    }
  })()
  return {
    stop: async () => {
      stopping.abort()
      await client?.end()
      await over
    },
  }
}
