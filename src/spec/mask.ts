/** Hides literal credentials in a line of a check file. The length stays, so that columns and carets stay right. */

const URL_PASSWORD = /(:\/\/[^\s:/@"']*:)([^\s@"']+)(?=@)/g
const NAMED =
  /((?:password|passwd|passphrase|pwd|secret|secret_key|token|authorization|api[-_]?key|credentials?)["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,}{][^,}]*)/gi

export function maskCredentials(line: string): string {
  return line.replace(URL_PASSWORD, hide).replace(NAMED, hide)
}

function hide(_all: string, before: string, value: string): string {
  if (value.includes('${')) return before + value
  const quote = /^["']/.exec(value)?.[0] ?? ''
  return `${before}${quote}${'*'.repeat(value.length - 2 * quote.length)}${quote}`
}
