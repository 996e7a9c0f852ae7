/** The text of one check file, and excerpts of it that are safe to print. */
import type { Excerpt } from '../lib/position.js'
import { maskCredentials, maskLine, opensCredential } from './mask.js'

export interface Source {
  /** As the user would write it. */
  readonly file: string
  /** Absolute path; relative names in the file are meant from its directory. */
  readonly path: string
  readonly text: string
  /** Offset of the first character of each line. */
  readonly lines: readonly number[]
  /** The name its pack was given with `as:`, where the file is a pack. */
  readonly pack?: string | undefined
}

/** A range of one source, as UTF-16 offsets; `end` is not part of it. */
export interface Span {
  readonly source: Source
  readonly start: number
  readonly end: number
}

export function createSource(file: string, path: string, text: string, pack?: string): Source {
  const lines = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.push(at + 1)
  return { file, path, text, lines, pack }
}

export function lineText(source: Source, line: number): string {
  const start = source.lines[line - 1] ?? source.text.length
  const end = (source.lines[line] ?? source.text.length + 1) - 1
  return source.text.slice(start, end).replace(/\r$/, '')
}

/** Line of an offset, from 1. */
export function lineAt(source: Source, offset: number): number {
  let low = 0
  let high = source.lines.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((source.lines[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low + 1
}

/** The place of a span with its first line; characters that look like a password are replaced by `*`. */
export function excerpt(span: Span): Excerpt {
  const { source } = span
  const line = lineAt(source, span.start)
  const endLine = lineAt(source, Math.max(span.start, span.end - 1))
  return {
    file: source.file,
    line,
    column: span.start - (source.lines[line - 1] ?? 0) + 1,
    endLine,
    endColumn: span.end - (source.lines[endLine - 1] ?? 0) + 1,
    text: safeText(source, line),
  }
}

function safeText(source: Source, line: number): string {
  const text = lineText(source, line)
  const depth = indentOf(text)
  for (let above = line - 1; above > 0 && depth > 0; above--) {
    const opening = lineText(source, above)
    if (opening.trim() === '' || indentOf(opening) >= depth) continue
    return opensCredential(opening) ? maskLine(text) : maskCredentials(text)
  }
  return maskCredentials(text)
}

function indentOf(text: string): number {
  return /^\s*/.exec(text)?.[0].length ?? 0
}
