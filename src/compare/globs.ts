import picomatch from 'picomatch'
import { type Key, keyToText } from '../lib/key.js'

// What no pattern crosses, for in a path it would lead elsewhere. In a key it is a name like any other.
const DOTS = /(?<=^|\/)(?=\.{1,2}(?:\/|$))/g

/**
 * Whether a key matches one of the globs. `**` crosses directories, a leading dot is nothing special, and a newline in
 * a name is a character like any other (`s`), so that no odd name escapes a pattern that covers it.
 */
export function compileGlobs(globs: readonly string[]): (key: Key) => boolean {
  if (globs.length === 0) return () => false
  const matches = picomatch([...globs], { dot: true, flags: 's', windows: false })
  return (key) => matches(keyToText(key).replace(DOTS, '\0'))
}
