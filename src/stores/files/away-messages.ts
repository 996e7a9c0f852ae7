/** What a files store and the process that looks for it say to each other. */
import type { FilesSpec } from '../../connections/schema.js'
import type { Key } from '../../lib/key.js'
import type { PackedPage } from '../packed.js'
import type { ByteRange, Entry, Extent, ListOptions, StoreErrorCode } from '../store.js'
import type { MountTables } from './mounts.js'

export interface Setting {
  readonly name: string
  readonly spec: FilesSpec
  readonly tables: MountTables
  readonly scratch: string | undefined
}

export type ListRequest = Omit<ListOptions, 'signal' | 'splits'>

/** What can be asked, and what is answered. */
export interface Calls {
  readonly probe: { readonly ask: undefined; readonly answer: undefined }
  readonly stat: { readonly ask: { readonly key: Key; readonly facts: boolean }; readonly answer: Entry | undefined }
  readonly extent: { readonly ask: Key | undefined; readonly answer: Extent | undefined }
  /** Begins a listing or a content; its number is that of the question. */
  readonly list: { readonly ask: ListRequest; readonly answer: undefined }
  readonly open: {
    readonly ask: { readonly key: Key; readonly range: ByteRange | undefined }
    readonly answer: undefined
  }
  /** The next part of it; undefined at its end. */
  readonly next: { readonly ask: number; readonly answer: PackedPage | Uint8Array | undefined }
  readonly end: { readonly ask: number; readonly answer: undefined }
}

export type CallName = keyof Calls

export type Question = {
  readonly [Name in CallName]: { readonly id: number; readonly call: Name; readonly ask: Calls[Name]['ask'] }
}[CallName]

export type Reply = { readonly id: number } & (
  | { readonly answer: Calls[CallName]['answer'] }
  | { readonly failed: Failure }
)

/** An error of ours, told so that it can be made again; any other is a bug and keeps its stack. */
export interface Failure {
  readonly type: 'store' | 'check' | 'bug'
  readonly code: StoreErrorCode
  readonly message: string
  readonly hint: string | undefined
}
