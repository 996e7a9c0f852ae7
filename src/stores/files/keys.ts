/** Which keys can be paths below a root, before anything is asked. */
import type { Key } from '../../lib/key.js'

/** Why a key is never looked up: it would lead out of the root, or cannot be a path at all. */
export function refuse(key: Key): string | undefined {
  if (key.includes('\0')) return 'no path can hold a NUL byte'
  if (key.startsWith('/')) return 'an absolute path'
  // Looked for first, as nearly no key holds two dots in a row.
  if (key.includes('..') && key.split('/').includes('..')) return 'a .. segment leads out of the root'
  return undefined
}

/** The file system takes `a//b`, `./a/b` and `a/b/` for `a/b`; compared byte for byte they are other keys. */
export function isPlain(key: Key): boolean {
  return key.split('/').every((segment) => segment !== '' && segment !== '.')
}
