/** Where a character of a scalar's value stands in the file: exact for `|` blocks and for text written verbatim. */
import { lineAt, lineText, type Span } from './source.js'
import type { ScalarNode } from './tree.js'

/**
 * The span of `length` characters from `offset` (UTF-16) of the scalar's value. Where the value is not written
 * verbatim (folded blocks, escapes, line folding), it is the unique occurrence of these characters, else the scalar.
 */
export function spanInScalar(node: ScalarNode, offset: number, length: number): Span {
  if (typeof node.value !== 'string' || node.references !== undefined) return node.span
  const at = node.style === 'literal' ? inLiteral(node, node.value, offset) : inVerbatim(node, node.value, offset)
  if (at !== undefined) return { source: node.span.source, start: at, end: at + Math.max(1, length) }
  return byText(node, node.value.slice(offset, offset + length)) ?? node.span
}

/** The word around an offset: an identifier, a quoted identifier or string, a number, or one character. */
export function wordLength(value: string, offset: number): number {
  const rest = value.slice(offset)
  return /^(?:[\p{L}\p{N}_$.]+|"[^"\n]*"|'[^'\n]*')/u.exec(rest)?.[0].length ?? 1
}

/** Each line of a literal block is one line of its value, less its indentation. Its end is that of its last text. */
function inLiteral(node: ScalarNode, value: string, offset: number): number | undefined {
  const { source, start } = node.span
  const before = value.slice(0, Math.min(offset, value.trimEnd().length)).split('\n')
  const first = lineAt(source, start) + 1
  const line = first + before.length - 1
  const lineStart = source.lines[line - 1]
  if (lineStart === undefined) return undefined
  const column = indentation(node, value, first) + (before.at(-1)?.length ?? 0)
  return Math.min(lineStart + column, lineStart + lineText(source, line).length)
}

/** Indentation of the block: what the source has before the first line that is not blank, less what the value keeps. */
function indentation(node: ScalarNode, value: string, firstLine: number): number {
  const lines = value.split('\n')
  const index = lines.findIndex((line) => line.trim() !== '')
  if (index === -1) return 0
  return lineText(node.span.source, firstLine + index).length - (lines[index]?.length ?? 0)
}

function inVerbatim(node: ScalarNode, value: string, offset: number): number | undefined {
  const start = node.span.start + (node.style === 'quoted' ? 1 : 0)
  const written = node.span.source.text.slice(start, start + value.length)
  return written === value ? start + offset : undefined
}

function byText(node: ScalarNode, text: string): Span | undefined {
  if (text.length < 2) return undefined
  const { source, start, end } = node.span
  const written = source.text.slice(start, end)
  const found = written.indexOf(text)
  if (found === -1 || written.indexOf(text, found + 1) !== -1) return undefined
  return { source, start: start + found, end: start + found + text.length }
}
