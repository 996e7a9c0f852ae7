/** Where the store of a connection is, without what is secret of it. */
import { resolve } from 'node:path'
import type { StoreSpec } from '../stores/open.js'
import type { StorePlace } from '../stores/store.js'
import { type VantageSpec, vantageText } from '../vantage/schema.js'
import type { SshSpec } from './schema.js'

/** `from`: where a directory is looked at. */
export function placeOf(spec: StoreSpec, from: VantageSpec, ssh: (name: string) => SshSpec): StorePlace {
  switch (spec.type) {
    case 'files': {
      const place = { type: spec.type, from: vantageText(from) }
      if (from === 'local') return { ...place, root: resolve(spec.root) }
      if (!('ssh' in from)) return { ...place, root: spec.root }
      const { host, user, port, identity_file, known_hosts, config } = ssh(from.ssh)
      return { ...place, root: spec.root, ssh: { host, user, port, identity_file, known_hosts, config } }
    }
    case 's3': {
      const { type, bucket, prefix, region, endpoint, profile, requester_pays } = spec
      return { type, bucket, prefix, region, endpoint, profile, ...(requester_pays ? { requester_pays } : {}) }
    }
    case 'http':
      return { type: spec.type }
  }
}
