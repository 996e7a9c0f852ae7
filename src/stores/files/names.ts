/**
 * Names of one directory, ascending as the keys below it do: a directory carries its slash, for `a-b/` and `a.txt` come
 * before `a/`. What is neither file nor directory by the directory's own word (a link, a socket, a type not told) carries
 * a NUL, which sorts as nothing and no name can hold.
 */
import type { Dirent } from 'node:fs'
import type { Key } from '../../lib/key.js'
import type { SortedBytes } from '../../lib/sort-bytes.js'

/** Ascending names with their marks beside each other in memory. An empty name stands for the root itself. */
export type NameList = SortedBytes

/** Part of a directory still to be gone through: what is handed from thread to thread. */
export interface Piece {
  /** With its slash; empty for the root. */
  readonly directory: Key
  /** The names, or where they lie. */
  readonly names: NameList | StoredNames
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

export const SLASH = 0x2f
export const UNTOLD = 0

/** A name with its mark, one byte in each character. */
export function marked(entry: Pick<Dirent, 'name' | 'isFile' | 'isDirectory'>, barred: boolean): string {
  if (entry.isDirectory()) return `${entry.name}/`
  // What may be read but not entered tells of nothing that could be opened: each name in it must be looked at.
  return entry.isFile() && !barred ? entry.name : untold(entry.name)
}

export function untold(name: string): string {
  return `${name}\0`
}

/** So many characters are put together sooner than the engine is called for them. */
const FEW = 4

export function nameCount({ starts }: NameList): number {
  return starts.length - 1
}

/** Of a name that ends before `end`. */
export function isDirectoryName(bytes: Uint8Array, start: number, end: number): boolean {
  return start === end || bytes[end - 1] === SLASH
}

/** With its mark, one byte in each character. */
export function nameAt({ bytes, starts }: NameList, n: number): string {
  const start = starts[n] as number
  const end = starts[n + 1] as number
  if (end - start > FEW) return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')
  let name = ''
  for (let at = start; at < end; at++) name += String.fromCharCode(bytes[at] as number)
  return name
}

/** Of those from `from` to, not including, `to`, in memory of its own. */
export function namesBetween({ bytes, starts }: NameList, from: number, to: number): NameList {
  const start = starts[from] as number
  return {
    bytes: Uint8Array.prototype.slice.call(bytes, start, starts[to]),
    starts: starts.subarray(from, to + 1).map((at) => at - start),
  }
}

/** Of strings that ascend. */
export function nameList(names: readonly string[]): NameList {
  const starts = new Uint32Array(names.length + 1)
  for (const [n, name] of names.entries()) starts[n + 1] = (starts[n] as number) + name.length
  return { bytes: Buffer.from(names.join(''), 'latin1'), starts }
}

/** Directories hold others, so pieces with many of them are small: it is not known what is in them. */
const MOST_DIRECTORIES = 16

/** The names from `at` on, as pieces of about `size`. */
export function piecesOf(directory: Key, names: NameList, at: number, size: number): Piece[] {
  const { bytes, starts } = names
  const all = nameCount(names)
  const pieces: Piece[] = []
  let start = at
  let directories = 0
  for (let n = at; n < all; n++) {
    if (isDirectoryName(bytes, starts[n] as number, starts[n + 1] as number)) directories++
    const count = n + 1 - start
    if (count < size && directories < MOST_DIRECTORIES && n + 1 < all) continue
    pieces.push({ directory, names: namesBetween(names, start, n + 1), count, directories })
    start = n + 1
    directories = 0
  }
  return pieces
}
