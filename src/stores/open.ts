/** Opens the store a connection describes. Nothing is read yet, and the AWS SDK is loaded with the first request. */
import type { FilesSpec, HttpSpec, S3Spec } from '../connections/schema.js'
import type { Vantage } from '../vantage/vantage.js'
import { openFilesStore } from './files/anywhere.js'
import { createFilesStoreAt } from './files-at/files-at.js'
import { createHttpStore } from './http/http.js'
import type { Environment } from './s3/client.js'
import { createS3Store } from './s3/s3.js'
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

export function openStore(name: string, spec: StoreSpec, { env, scratch, vantage }: OpenStoreOptions): Store {
  switch (spec.type) {
    case 'files':
      if (vantage === undefined) return openFilesStore(name, spec, { scratch })
      return sortedStore(createFilesStoreAt(name, spec, vantage), scratch)
    case 's3':
      return sortedStore(createS3Store(name, spec, env), scratch)
    case 'http':
      return createHttpStore(name, spec)
  }
}
