/** Hides literal credentials in a line of a check file. The length stays, so that columns and carets stay right. */

/** Names of fields that hold a credential, headers and misspellings among them. */
const NAME = String.raw`[\w-]*(?:pas+w|passphrase|pwd|secret|token|cookie|credential|(?:api|routing)[-_]?key|access[-_]?key|private[-_]?key)[\w-]*|(?:[\w-]*-)?auth(?:ori[sz]ation)?`
const URL_PASSWORD = /(:\/\/[^\s:/@"']*:)([^\s"']+)(?=@)/g
/** Addresses that are a credential themselves: whoever has them can post, or say that all is well. */
const HOOK = /(:\/\/(?:hooks\.slack\.com\/\w+\/|hc-ping\.com\/|[^\s"']*\/(?=[0-9a-f]{8}-[0-9a-f]{4}-)))([^\s"',}]+)/gi
/** Quoted to its end or, where that is missing, that of the line; bare up to the next field or the end of a `{…}`. */
const VALUE = String.raw`"(?:[^"\\]|\\.)*(?:"|$)|'(?:[^']|'')*(?:'|$)|\[[^\]]*(?:\]|$)|[^\s,}{[](?:[^,}]|,(?!\s*["']?[\w-]+["']?\s*:(?:\s|$)))*`
const NAMED = new RegExp(`((?:^|[^\\w-])(?:${NAME})["']?\\s*[:=]\\s*)(${VALUE})`, 'gi')
/** The line on which a value begins that goes on below it. */
const OPENS = new RegExp(`^\\s*(?:-\\s+)?["']?(?:${NAME})["']?\\s*:(?!\\s*\\S+\\s*:)`, 'i')
/** A mapping of a name to where the secret is (`secrets:`) holds none itself. */
const DECLARES = /^\s*secrets\s*:/

export function maskCredentials(line: string): string {
  return line.replace(URL_PASSWORD, hide).replace(HOOK, hide).replace(NAMED, hide)
}

/** Whether the value of a field on the line `opening`, under which deeper lines stand, is a credential. */
export function opensCredential(opening: string): boolean {
  return OPENS.test(opening) && !DECLARES.test(opening)
}

export function maskLine(line: string): string {
  return line.replace(/\S/g, '*')
}

function hide(_all: string, before: string, value: string): string {
  if (value.includes('${')) return before + value
  const quote = /^["']/.exec(value)?.[0] ?? ''
  const end = quote !== '' && value.length > 1 && value.endsWith(quote) ? quote : ''
  return `${before}${quote}${'*'.repeat(value.length - quote.length - end.length)}${end}`
}
