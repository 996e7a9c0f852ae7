/** Keys as URLs. */
import type { Key } from '../../lib/key.js'

/** RFC 3986, unreserved, and the slash that parts segments. */
const PLAIN = /[^A-Za-z0-9\-._~/]/g

/** `base` with the key appended, every byte of it percent-encoded that may not stand in a path. A query of `base` stays. */
export function urlOf(base: URL, key: Key): URL {
  const url = new URL(base)
  const encoded = key.replace(PLAIN, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
  url.pathname = `${base.pathname}${base.pathname.endsWith('/') ? '' : '/'}${encoded}`
  return url
}

/** Why a URL cannot name the key: dots as segments are resolved on the way, by clients and by servers. */
export function refuse(key: Key): string | undefined {
  return key.split('/').some((segment) => segment === '.' || segment === '..')
    ? 'a . or .. segment has another meaning in a URL'
    : undefined
}
