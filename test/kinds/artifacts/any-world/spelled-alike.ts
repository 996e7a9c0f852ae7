/** Whether two names are one name to a person: letter case, Unicode form, percent-encoding, a wrong conversion, ./ and //, extension. */
import type { Key } from '../../../../src/lib/key.js'

export function spelledAlike(a: Key, b: Key): boolean {
  return bare(a) === bare(b)
}

function bare(key: Key): string {
  const segments: string[] = []
  for (const segment of unescaped(asText(key)).normalize('NFC').toLowerCase().split(/[/\\]/)) {
    if (segment !== '' && segment !== '.') segments.push(segment)
  }
  const name = segments.pop() ?? ''
  const dot = name.lastIndexOf('.')
  return [...segments, dot > 0 ? name.slice(0, dot) : name].join('/')
}

/** UTF-8, UTF-8 that was taken for Latin-1 once, else Latin-1. */
function asText(key: Key): string {
  const once = utf8(key)
  if (once === undefined) return key
  const inner = /[^\0-\x7f]/.test(once) && /^[\0-\xff]*$/.test(once) ? utf8(once) : undefined
  return inner ?? once
}

function utf8(bytes: string): string | undefined {
  try {
    return new TextDecoder('utf8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'))
  } catch {
    return undefined
  }
}

/** Twice at most. A run of escapes that is not UTF-8 stays. */
function unescaped(text: string): string {
  const once = (from: string) =>
    from.replace(
      /(%[0-9a-f]{2})+/gi,
      (run) => utf8(Buffer.from(run.replaceAll('%', ''), 'hex').toString('latin1')) ?? run,
    )
  return once(once(text))
}
