/**
 * Text from outside (keys, error texts, argv) made safe to show: nothing in it moves the cursor, changes colour, turns
 * the reading direction, hides, or starts a new line.
 */

// Controls, format characters (bidi, zero width, tags), lone surrogates, line and paragraph separators, what is ignorable
// by default and therefore invisible (fillers, variation selectors), and what is no character, which XML may not hold.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu
const PLAIN = /^[\x20-\x7e]*$/
// CI runners read `##[error]`, `##vso[…]` and `##teamcity[…]` as their own commands wherever they stand in a line …
const RUNNER_COMMAND = /##(?=\w*\[)/g
// … and `::error::` at the start of one, indented or not. Colours may stand before the text of a line.
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with a control character
const LINE_COMMAND = /^((?:\s|\x1b\[[0-9;]*m)*):(?=:)/

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

export interface EscapeOptions {
  /** Where the terminal cannot show more than ASCII, nothing more is written. */
  readonly ascii?: boolean
}

/** One line, every hidden character visible: `\n`, `\x1b`, `\u202e`, `\u{e0001}`. For people; not reversible. */
export function escapeText(text: string, { ascii = false }: EscapeOptions = {}): string {
  if (PLAIN.test(text)) return inertText(text)
  const shown = inertText(text.replace(HIDDEN, visible))
  return ascii ? shown.replace(/[^\x20-\x7e]/gu, visible) : shown
}

function inertText(text: string): string {
  return text.includes('##') ? text.replace(RUNNER_COMMAND, '#\\x23') : text
}

/** A finished line that no CI runner takes for a command of its own. */
export function inertLine(line: string): string {
  return inertText(line).replace(LINE_COMMAND, '$1\\x3a')
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
 * string be taken for a command by a CI runner, which reads `##[` or `##vso[` anywhere in a line of its log.
 */
export function escapeJson(json: string): string {
  if (PLAIN.test(json) && !json.includes('##')) return json
  return json
    .replace(RUNNER_COMMAND, '#\\u0023')
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
