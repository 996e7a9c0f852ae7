// A directory of files whose names are bytes, one byte in each character.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Key, keyFromText } from '../../../src/lib/key.js'

export interface Tree {
  readonly root: string
  readonly put: (key: Key | string, content?: string) => void
  readonly path: (key: Key | string) => Buffer
  /** Of one file. */
  readonly take: (key: Key | string) => void
  /** Of all. */
  readonly clear: () => void
  readonly remove: () => void
}

/** Keys given as plain strings are text; `files` maps text keys to content. */
export function createTree(files: Readonly<Record<string, string>> = {}): Tree {
  const root = mkdtempSync(join(tmpdir(), 'postflight-tree-'))
  const path = (key: string) => Buffer.from(`${root}/${key}`, 'latin1')
  const tree: Tree = {
    root,
    path: (key) => path(key),
    put: (key, content = 'x') => {
      const slash = key.lastIndexOf('/')
      if (slash >= 0) mkdirSync(path(key.slice(0, slash)), { recursive: true })
      writeFileSync(path(key), content)
    },
    take: (key) => rmSync(path(key)),
    clear: () => {
      for (const name of readdirSync(root, 'buffer')) rmSync(path(name.toString('latin1')), { recursive: true })
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
  for (const [key, content] of Object.entries(files)) tree.put(keyFromText(key), content)
  return tree
}
