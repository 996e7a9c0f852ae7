/** Takes passwords and tokens out of any URL in a text, whether or not they are known secrets. */

const URLS = /\b[a-z][a-z0-9+.-]*:\/\/(?:<secret [^>]*>|[^\s"'<>`])+/gi
const CREDENTIAL =
  /^(?:.*[-_.])?(?:password|passwd|pwd|pass|token|secret|signature|sig|credential|credentials|api-?key|apikey|access-?key|key|auth|authorization|session|jwt|sas)$/i

export function mayHoldUrl(text: string): boolean {
  return text.includes('://')
}

/** What is taken out stands as `<secret password>` or `<secret NAME>`, NAME being the query parameter. */
export function cleanUrls(text: string): string {
  return mayHoldUrl(text) ? text.replace(URLS, clean) : text
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
  return rest.replace(/([?&#;])([^=&#;]+)=([^&#;]+)/g, (whole, mark: string, name: string, value: string) =>
    CREDENTIAL.test(name) && !value.startsWith('<secret ') ? `${mark}${name}=<secret ${name}>` : whole,
  )
}
