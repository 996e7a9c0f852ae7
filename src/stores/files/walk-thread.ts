/** The thread that walks pieces of a directory as they come. */
import { type MessagePort, workerData } from 'node:worker_threads'
import { buffersOf, type PageMemory } from '../packed.js'
import { loadLibc } from './libc.js'
import { ScratchError } from './name-runs.js'
import type { Piece } from './names.js'
import { syncCalls, type WalkPlace, walkSync } from './run-sync.js'
import type { Walked } from './walk-some.js'

export interface Given {
  readonly pieces: readonly Piece[]
  /** For a page to come. */
  readonly spare: PageMemory | undefined
}

export type Answered = { readonly walked: Walked } | { readonly failed: PlainError }

export interface ThreadData {
  readonly port: MessagePort
  readonly place: WalkPlace
  /** Whether to call the C library where that can be. */
  readonly libc: boolean
}

interface PlainError {
  readonly message: string
  readonly scratch: boolean
  readonly code?: unknown
  readonly errno?: unknown
  readonly syscall?: unknown
}

const { port, place, libc } = workerData as ThreadData
const calls = syncCalls(libc ? loadLibc() : undefined, place)

port.on('message', ({ pieces, spare }: Given) => {
  if (spare !== undefined) calls.packing.supply(spare)
  const answered = walked(pieces)
  port.postMessage(answered, 'walked' in answered ? buffersOf(answered.walked.page) : [])
})

function walked(pieces: readonly Piece[]): Answered {
  try {
    return { walked: walkSync(pieces, place, calls) }
  } catch (cause) {
    return { failed: plain(cause) }
  }
}

function plain(cause: unknown): PlainError {
  if (!(cause instanceof Error)) return { message: String(cause), scratch: false }
  const { message, code, errno, syscall }: Error & NodeJS.ErrnoException = cause
  return { message, code, errno, syscall, scratch: cause instanceof ScratchError }
}
