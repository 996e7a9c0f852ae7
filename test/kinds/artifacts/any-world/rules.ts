/** What a check's fields mean for one key, each in the plainest words. Keys are one byte a character. */
import { type Key, keyFromLatin1, keyFromText, keyToText } from '../../../../src/lib/key.js'
import type { Rewriting } from './plan.js'

export function rewritten(key: string, operations: readonly Rewriting[]): Key {
  let now = key
  for (const operation of operations) {
    if ('strip_prefix' in operation) {
      const prefix = keyFromText(operation.strip_prefix)
      if (now.startsWith(prefix)) now = now.slice(prefix.length)
    } else if ('add_prefix' in operation) now = keyFromText(operation.add_prefix) + now
    else if ('url_path' in operation) now = pathOfUrl(now)
    else
      now = now
        .split(/%(?=[0-9a-f]{2})/i)
        .map(unescapeHead)
        .join('')
  }
  return keyFromLatin1(now)
}

function unescapeHead(part: string, index: number): string {
  return index === 0 ? part : String.fromCharCode(Number.parseInt(part.slice(0, 2), 16)) + part.slice(2)
}

/** `scheme://host/a/b?q#f` and `//host/a/b` are `a/b`; what is no URL stays. */
function pathOfUrl(text: string): string {
  const start = text.indexOf('//')
  if (start < 0 || !/^([a-z][a-z0-9+.-]*:)?$/i.test(text.slice(0, start))) return text
  const rest = text.slice(start + 2)
  const host = rest.search(/[/?#]/)
  const path = host < 0 ? '' : rest.slice(host)
  const end = path.search(/[?#]/)
  return (end < 0 ? path : path.slice(0, end)).replace('/', (slash, at: number) => (at === 0 ? '' : slash))
}

export function isIgnored(key: Key, globs: readonly string[]): boolean {
  const text = keyToText(key)
  const name = text.slice(text.lastIndexOf('/') + 1)
  const meanings: Readonly<Record<string, boolean>> = {
    '**/.x': name === '.x',
    'tmp/**': text === 'tmp' || text.startsWith('tmp/'),
    'a*': /^a[^/]*$/s.test(text),
    '**/*.tmp': name.endsWith('.tmp'),
  }
  return globs.some((glob) => meanings[glob])
}

export const GLOBS = ['**/.x', 'tmp/**', 'a*', '**/*.tmp'] as const
export const DERIVED = ['thumbs/{key}.webp', '{key}.meta', 't/{name}', '{dir}/t/{stem}.{ext}'] as const

export function derivedFrom(key: Key, pattern: string): string {
  const slash = key.lastIndexOf('/')
  const [dir, name] = slash < 0 ? ['', key] : [key.slice(0, slash), key.slice(slash + 1)]
  const dot = name.lastIndexOf('.')
  switch (pattern) {
    case 'thumbs/{key}.webp':
      return `thumbs/${key}.webp`
    case '{key}.meta':
      return `${key}.meta`
    case 't/{name}':
      return `t/${name}`
    default:
      return `${dir === '' ? '' : `${dir}/`}t/${dot > 0 ? `${name.slice(0, dot)}.${name.slice(dot + 1)}` : name}`.replace(
        /\.$/,
        (end) => (dot === name.length - 1 && dot > 0 ? '' : end),
      )
  }
}
