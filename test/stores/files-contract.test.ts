import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectionSchema, type FilesSpec } from '../../src/connections/schema.js'
import { keyToBytes } from '../../src/lib/key.js'
import { createFilesStore } from '../../src/stores/files/files.js'
import { storeContract } from './contract.js'

const spec = (root: string): FilesSpec => connectionSchema.parse({ type: 'files', root }) as FilesSpec

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
    return {
      store: createFilesStore('uploads', spec(root)),
      absent: createFilesStore('gone', spec(join(directory, 'gone'))),
      close: () => rm(directory, { recursive: true }),
    }
  },
})
