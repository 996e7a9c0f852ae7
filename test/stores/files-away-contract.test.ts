// The contract, kept by a store that another process looks at.
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectionSchema, type FilesSpec } from '../../src/connections/schema.js'
import { keyToBytes } from '../../src/lib/key.js'
import { createAwayStore } from '../../src/stores/files/away.js'
import { createFilesStore } from '../../src/stores/files/files.js'
import { MOUNT_TABLES } from '../../src/stores/files/mounts.js'
import type { Store } from '../../src/stores/store.js'
import { storeContract } from './contract.js'

function awayStore(root: string): Store {
  const spec = connectionSchema.parse({ type: 'files', root }) as FilesSpec
  const here = createFilesStore('uploads', spec)
  return { ...here, ...createAwayStore({ name: 'uploads', spec, tables: MOUNT_TABLES, scratch: tmpdir() }, here.label) }
}

storeContract({
  many: 2500,
  // `a` cannot be a file and a directory.
  holds: (key) => key !== 'a',
  inUse: async () => (await readdir('/proc/self/fd')).length,
  open: async (objects) => {
    const directory = await mkdtemp(join(tmpdir(), 'files-store-'))
    const root = join(directory, 'root é')
    for (const [key, content] of objects) {
      const path = Buffer.concat([Buffer.from(`${root}/`), keyToBytes(key)])
      await mkdir(path.subarray(0, path.lastIndexOf('/')), { recursive: true })
      await writeFile(path, content, 'latin1')
    }
    const store = awayStore(root)
    const absent = awayStore(join(directory, 'gone'))
    return {
      store,
      absent,
      close: async () => {
        await Promise.all([store.close(), absent.close()])
        await rm(directory, { recursive: true })
      },
    }
  },
})
