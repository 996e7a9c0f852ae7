/** The shapes a secret takes on its way into a message: percent-encoded, base64 at any offset, JSON-escaped … */

const FEWEST = 8
const LONE_SURROGATES = /\p{Surrogate}/gu

/** Every way the value may be spelt, itself first. Spellings shorter than a secret may be are left out. */
export function formsOf(value: string): readonly string[] {
  const forms = [value, value.trim(), ...linesOf(value), ...percentForms(value), ...jsonForms(value)]
  const bytes = Buffer.from(value, 'utf8')
  for (const offset of [0, 1, 2]) {
    const text = base64At(bytes, offset)
    forms.push(text, text.replaceAll('+', '-').replaceAll('/', '_'))
  }
  const hex = bytes.toString('hex')
  forms.push(hex, hex.toUpperCase(), bytes.toString('base64'), bytes.toString('base64url'))
  return [...new Set(forms)].filter((form) => form.length >= FEWEST)
}

/** Base64 of the pair as HTTP basic authentication sends it. */
export function basicForms(user: string, password: string): readonly string[] {
  const text = Buffer.from(`${user}:${password}`, 'utf8').toString('base64')
  return [text, text.replace(/=+$/, '')].filter((form) => form.length >= FEWEST)
}

/** The characters that stay the same whatever stands before and behind the bytes. */
function base64At(bytes: Buffer, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .replace(/=+$/, '')
  const whole = Math.floor(((offset + bytes.length) * 8) / 6)
  return text.slice(Math.ceil((offset * 8) / 6), whole)
}

function percentForms(value: string): readonly string[] {
  const wellFormed = value.replace(LONE_SURROGATES, '\ufffd')
  const plain = encodeURIComponent(wellFormed)
  const strict = plain.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  const all = [plain, strict, encodeURI(wellFormed), strict.replaceAll('%20', '+'), plain.replaceAll('%20', '+')]
  return [...all, ...all.map((text) => text.replace(/%[0-9A-F]{2}/g, (triplet) => triplet.toLowerCase()))]
}

function jsonForms(value: string): readonly string[] {
  const once = JSON.stringify(value).slice(1, -1)
  const ascii = once.replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return [once, ascii, JSON.stringify(once).slice(1, -1)]
}

/** Long lines of a key in PEM: an error message may quote one of them. */
function linesOf(value: string): readonly string[] {
  const lines = value.split(/\r?\n/).map((line) => line.trim())
  return lines.length < 2 ? [] : lines.filter((line) => line.length >= 16 && !line.startsWith('-----'))
}
