/**
 * Text from outside (keys, error texts, argv) made safe to show: nothing in it moves the cursor, changes colour, turns
 * the reading direction, hides, or starts a new line.
 */

// Controls, format characters (bidi, zero width, tags), lone surrogates, line and paragraph separators, and what is
// ignorable by default and therefore invisible (fillers, variation selectors).
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu
const PLAIN = /^[\x20-\x7e]*$/

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

export interface EscapeOptions {
  /** Where the terminal cannot show more than ASCII, nothing more is written. */
  readonly ascii?: boolean
}

/** One line, every hidden character visible: `\n`, `\x1b`, `\u202e`, `\u{e0001}`. For people; not reversible. */
export function escapeText(text: string, { ascii = false }: EscapeOptions = {}): string {
  if (PLAIN.test(text)) return text
  const shown = text.replace(HIDDEN, visible)
  return ascii ? shown.replace(/[^\x20-\x7e]/gu, visible) : shown
}

/** As `escapeText`, but line breaks stay line breaks, for texts that are written in lines (remediation, SQL to paste). */
export function escapeLines(text: string, options: EscapeOptions = {}): string[] {
  return text
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => escapeText(line.replaceAll('\t', '  '), options))
}

/**
 * JSON text in which no character is hidden, with the same meaning: only strings can hold such characters. Nor can any
 * string be taken for a command by a CI runner, which reads `##[` anywhere in a line of its log.
 */
export function escapeJson(json: string): string {
  return json
    .replaceAll('##[', '##\\u005b')
    .replace(/[^\P{C}\n]|[\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu, (character) =>
      Array.from({ length: character.length }, (_, index) => `\\u${hex(character.charCodeAt(index), 4)}`).join(''),
    )
}

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const short = SHORT[character]
  if (short !== undefined) return short
  // Above ASCII the \x form would be read as a byte, and a key is bytes.
  if (code < 0xa0) return `\\x${hex(code, 2)}`
  return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 1)}}`
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}
