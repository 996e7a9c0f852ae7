/**
 * Names of one directory, one byte in each character, ascending as the keys below it do: a directory carries its slash,
 * for `a-b/` and `a.txt` come before `a/`. What is neither file nor directory by the directory's own word (a link, a
 * socket, a type not told) carries a NUL, which sorts as nothing and no name can hold.
 */
import type { Dirent } from 'node:fs'
import type { Key } from '../../lib/key.js'

/** Part of a directory still to be gone through: what is handed from thread to thread. */
export interface Piece {
  /** With its slash; empty for the root. */
  readonly directory: Key
  /** Joined, or where they lie. An empty name stands for the root itself. */
  readonly names: string | StoredNames
  /** About so many names … */
  readonly count: number
  /** … of them directories. */
  readonly directories: number
}

/** Spans of a file that each hold ascending names; only those of the range count. */
export interface StoredNames {
  readonly file: string
  /** From and to, in bytes, one after the other. */
  readonly spans: readonly number[]
  readonly from: string
  readonly to: string | undefined
}

const UNTOLD = '\0'
/** Not to be met inside or at the end of a name with its mark. */
export const SEPARATOR = '/\0'

export function marked(entry: Pick<Dirent, 'name' | 'isFile' | 'isDirectory'>): string {
  if (entry.isFile()) return entry.name
  return `${entry.name}${entry.isDirectory() ? '/' : UNTOLD}`
}

export function withoutMark(name: string): string {
  return name.endsWith(UNTOLD) ? name.slice(0, -1) : name
}

export function isDirectoryName(name: string): boolean {
  return name === '' || name.charCodeAt(name.length - 1) === 0x2f
}

export function untold(name: string): string {
  return name + UNTOLD
}

/** What may be read but not entered tells of nothing that could be opened: each name in it must be looked at. */
export function told(name: string, barred: boolean): string {
  return barred && !isDirectoryName(name) && !isUntold(name) ? untold(name) : name
}

export function isUntold(name: string): boolean {
  return name.charCodeAt(name.length - 1) === 0
}

export function splitNames(joined: string): string[] {
  return joined.split(SEPARATOR)
}

/** Directories hold others, so pieces with many of them are small: it is not known what is in them. */
const MOST_DIRECTORIES = 16

/** The names from `at` on, as pieces of about `size`. */
export function piecesOf(directory: Key, names: readonly string[], at: number, size: number): Piece[] {
  const pieces: Piece[] = []
  let start = at
  let directories = 0
  for (let index = at; index < names.length; index++) {
    if (isDirectoryName(names[index] ?? '')) directories++
    const count = index + 1 - start
    if (count < size && directories < MOST_DIRECTORIES && index + 1 < names.length) continue
    pieces.push({ directory, names: names.slice(start, index + 1).join(SEPARATOR), count, directories })
    start = index + 1
    directories = 0
  }
  return pieces
}
