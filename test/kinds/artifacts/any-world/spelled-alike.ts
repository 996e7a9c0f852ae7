/** Whether two names are one name to a person: letter case, Unicode form, percent-encoding, a wrong conversion, ./ and //, extension, what is not seen or not taken by Windows. */
import type { Key } from '../../../../src/lib/key.js'

export function spelledAlike(a: Key, b: Key): boolean {
  return bare(a) === bare(b)
}

/** Soft hyphen, zero-width characters, marks of direction and of emoji. */
const UNSEEN = [0xad, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2060, 0xfeff, 0xfe0e, 0xfe0f]
const BLANK = [...'+\u00a0\u2007\u2009\u202f\u3000']
/** What Windows does not take, and what rclone, Samba and macOS put in its place. */
const RESERVED = [...' :*?"<>|：＊？＂＜＞｜', ...[0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27].map(private_)]
const ALSO_RESERVED = [0x2a, 0x3a, 0x3c, 0x3e, 0x3f, 0x7c].map(private_)
const NO_END = [' ', '.', '\u2420', '．', private_(0x28), private_(0x29)]

function private_(code: number): string {
  return String.fromCharCode(0xf000 + code)
}

function bare(key: Key): string {
  const seen = [...unescaped(asText(key)).normalize('NFC')].filter((one) => !UNSEEN.includes(one.codePointAt(0) ?? 0))
  const folded = [...seen.join('').toLowerCase()].map((one) => (BLANK.includes(one) ? ' ' : one)).join('')
  const segments: string[] = []
  for (const segment of folded.split(/[/\\]/)) {
    if (segment === '' || segment === '.') continue
    const characters = [...segment]
    while (NO_END.includes(characters.at(-1) ?? '')) characters.pop()
    const plain = characters.map((one) => (RESERVED.includes(one) || ALSO_RESERVED.includes(one) ? '_' : one))
    segments.push(plain.join(''))
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
