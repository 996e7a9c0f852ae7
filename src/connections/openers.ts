/** What opens connections. Of the types that few runs have it is loaded where one does: each brings much along. */
import { loaded } from '../lib/loaded.js'
import type { openMysql } from '../mysql/connect.js'
import type { openRedis } from '../redis/connect.js'
import { loadStores, type OpenStore } from '../stores/open.js'
import type { openBucket } from '../stores/s3/bucket.js'
import type { ConnectionSpec } from './schema.js'

export interface Openers {
  readonly store: OpenStore
  readonly redis: typeof openRedis
  readonly bucket: typeof openBucket
  readonly mysql: typeof openMysql
}

export async function loadOpeners(specs: Readonly<Record<string, Pick<ConnectionSpec, 'type'>>>): Promise<Openers> {
  const types = new Set(Object.values(specs).map(({ type }) => type))
  const [store, redis, s3, mysql] = await Promise.all([
    loadStores(types),
    types.has('redis') ? import('../redis/connect.js') : undefined,
    types.has('s3') ? import('../stores/s3/bucket.js') : undefined,
    types.has('mysql') ? import('../mysql/connect.js') : undefined,
  ])
  return {
    store,
    redis: (...given) => loaded(redis).openRedis(...given),
    bucket: (...given) => loaded(s3).openBucket(...given),
    mysql: (...given) => loaded(mysql).openMysql(...given),
  }
}
