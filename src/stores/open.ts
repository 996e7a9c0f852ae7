/** Opens the store a connection describes. Nothing is read yet, and the AWS SDK is loaded with the first request. */
import type { FilesSpec, HttpSpec, S3Spec } from '../connections/schema.js'
import { loaded } from '../lib/loaded.js'
import type { Vantage } from '../vantage/vantage.js'
import { openFilesStore } from './files/anywhere.js'
import { createFilesStoreAt } from './files-at/files-at.js'
import type { Environment } from './s3/client.js'
import { sortedStore } from './sorted.js'
import type { Store } from './store.js'

export type StoreSpec = FilesSpec | S3Spec | HttpSpec

export interface OpenStoreOptions {
  /** Where AWS credentials may stand. */
  readonly env: Environment
  /** A directory with room for the keys of a store that does not list in byte order. */
  readonly scratch: string
  /** Where a files store lies; undefined: where postflight runs. */
  readonly vantage?: Vantage | undefined
}

export type OpenStore = (name: string, spec: StoreSpec, options: OpenStoreOptions) => Store

/** Of stores that speak HTTP, only those of these types can be opened: each brings much along that other runs have no use for. */
export async function loadStores(types: ReadonlySet<string>): Promise<OpenStore> {
  const [s3, http] = await Promise.all([
    types.has('s3') ? import('./s3/s3.js') : undefined,
    types.has('http') ? import('./http/http.js') : undefined,
  ])
  return (name, spec, { env, scratch, vantage }) => {
    switch (spec.type) {
      case 'files':
        if (vantage === undefined) return openFilesStore(name, spec, { scratch })
        return sortedStore(createFilesStoreAt(name, spec, vantage), scratch)
      case 's3':
        return sortedStore(loaded(s3).createS3Store(name, spec, env), scratch)
      case 'http':
        return loaded(http).createHttpStore(name, spec)
    }
  }
}
