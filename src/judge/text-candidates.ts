import type { Matcher } from './matcher.js'

/**
 * Texts that decide whether operators on text can break or hold: the operands themselves, nothing at all, something
 * else, and everything that is asked for set side by side, parted by a character no operand has.
 */
export function textCandidates(matcher: Matcher): readonly string[] {
  const given: string[] = []
  const inside: string[] = []
  let start = ''
  let end = ''
  for (const op of matcher.ops) {
    if (op.op === 'in' || op.op === 'not_in') given.push(...op.values.filter((value) => typeof value === 'string'))
    if (!('operand' in op) || !('value' in op.operand) || typeof op.operand.value !== 'string') continue
    const text = op.operand.value
    given.push(text)
    if (op.op === 'contains') inside.push(text)
    if (op.op === 'starts_with' && text.length > start.length) start = text
    if (op.op === 'ends_with' && text.length > end.length) end = text
  }
  const other = strange(given)
  return ['', other, ...given, [start, ...inside, end].join(other)]
}

/** A character that stands in none of them. */
function strange(texts: readonly string[]): string {
  let code = 0xe000
  while (texts.some((text) => text.includes(String.fromCharCode(code)))) code++
  return String.fromCharCode(code)
}
