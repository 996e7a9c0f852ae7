/** Takes passwords and tokens out of any URL in a text, whether or not they are known secrets. */

// Without the scheme, which may be as long as the text: a search that starts anew at each of its dots takes for ever.
const URLS = /:\/\/(?:<secret [^>]{0,200}>|[^\s"'<>`])+/g
/** Quotes may stand in a password; a name and a colon in front of an `@` are one. */
const LOGINS = /(:\/\/[^\s:/?#@]{0,256}:)[^\s/?#]{1,1024}@/g
const CREDENTIAL =
  /(?:(?:password|passwd|token|secret|signature|credentials?)|(?:^|[-_.])(?:pwd|pass|sig|api-?key|access-?key|key|auth|authorization|session|jwt|sas))$/i

export function mayHoldUrl(text: string): boolean {
  return text.includes('://')
}

/** What is taken out stands as `<secret password>` or `<secret NAME>`, NAME being the query parameter. */
export function cleanUrls(text: string): string {
  return mayHoldUrl(text) ? text.replace(LOGINS, '$1<secret password>@').replace(URLS, clean) : text
}

function clean(url: string): string {
  const start = url.indexOf('://') + 3
  const end = url.slice(start).search(/[/?#]/)
  const authority = end < 0 ? url.slice(start) : url.slice(start, start + end)
  const rest = end < 0 ? '' : url.slice(start + end)
  return `${url.slice(0, start)}${cleanAuthority(authority)}${cleanQuery(rest)}`
}

function cleanAuthority(authority: string): string {
  const at = authority.lastIndexOf('@')
  const colon = authority.indexOf(':')
  if (at < 0 || colon < 0 || colon > at || authority.slice(colon + 1, at) === '') return authority
  return `${authority.slice(0, colon)}:<secret password>${authority.slice(at)}`
}

function cleanQuery(rest: string): string {
  return rest.replace(/([?&#;])([^=?&#;]{1,128})=([^&#;]+)/g, (whole, mark: string, name: string, value: string) =>
    CREDENTIAL.test(name) && !value.startsWith('<secret ') ? `${mark}${name}=<secret ${name}>` : whole,
  )
}
