/** A directory as a store, looked at from here where it lies on a disk of this machine, else through another process. */
import { resolve } from 'node:path'
import type { FilesSpec } from '../../connections/schema.js'
import { keyFromText } from '../../lib/key.js'
import { mayHang } from '../../lib/mountinfo.js'
import type { Store } from '../store.js'
import { createAwayStore } from './away.js'
import { createFilesStore, type FilesOptions } from './files.js'
import { leadsTo, readMounts } from './leads-to.js'
import { MOUNT_TABLES } from './mounts.js'

type Looking = Required<Pick<Store, 'probe' | 'list' | 'extent' | 'stat' | 'open'>>

export function openFilesStore(
  name: string,
  spec: FilesSpec,
  { tables = MOUNT_TABLES, scratch, libc }: FilesOptions = {},
): Store {
  const here = createFilesStore(name, spec, { tables, scratch, libc })
  const away = createAwayStore({ name, spec, tables, scratch }, here.label)
  let choosing: Promise<Looking> | undefined

  const choose = async (): Promise<Looking> => {
    const mounts = await readMounts(tables.mountinfo)
    if (!mounts.some(mayHang)) return here
    const { foreign } = await leadsTo(keyFromText(resolve(spec.root)), mounts)
    return foreign === undefined ? here : away
  }
  const chosen = (): Promise<Looking> => {
    choosing ??= choose().catch((cause: unknown) => {
      choosing = undefined
      throw cause
    })
    return choosing
  }
  return {
    ...here,
    probe: async (options) => {
      // What is mounted there may have changed.
      choosing = undefined
      return (await chosen()).probe(options)
    },
    list: async function* (options) {
      yield* (await chosen()).list(options)
    },
    extent: async (options) => (await chosen()).extent(options),
    stat: async (key, options) => (await chosen()).stat(key, options),
    open: async (key, options) => (await chosen()).open(key, options),
    digester: {
      ...here.digester,
      // What is far away is read, not hashed there: nothing in this process may touch it.
      digest: async (requests, options) =>
        (await chosen()) === here ? here.digester.digest(requests, options) : requests.map(() => undefined),
    },
    close: async () => {
      await Promise.all([here.close(), away.close()])
    },
  }
}
