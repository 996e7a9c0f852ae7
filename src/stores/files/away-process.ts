/**
 * The process that looks at a files store for another. What a mount that hangs holds fast is this one, which can be left
 * behind.
 */
import { CheckError } from '../../lib/errors.js'
import { type PackedPage, packedOf } from '../packed.js'
import { type Page, StoreError } from '../store.js'
import type { Calls, Failure, Question, Reply, Setting } from './away-messages.js'
import { createFilesStore, type FilesStore } from './files.js'

type Parts = AsyncIterator<NonNullable<Calls['next']['answer']>>

const { signal } = new AbortController()
const parts = new Map<number, Parts>()
let store: FilesStore | undefined

process.on('message', (message: Setting | Question) => {
  if (!('id' in message)) {
    const { name, spec, ...options } = message
    store = createFilesStore(name, spec, { ...options, by: 'calls' })
    return
  }
  const { id } = message
  answer(store as FilesStore, message).then(
    (value) => reply({ id, answer: value }),
    (cause: unknown) => reply({ id, failed: failureOf(cause) }),
  )
})
// Whoever asked is gone. A call that hangs would hold up any gentler end.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))

function reply(message: Reply): void {
  process.send?.(message)
}

async function answer(from: FilesStore, { id, call, ask }: Question): Promise<Calls[typeof call]['answer']> {
  switch (call) {
    case 'probe':
      await from.probe({ signal })
      return undefined
    case 'stat':
      return from.stat(ask.key, { facts: ask.facts, signal })
    case 'extent':
      return from.extent?.({ prefix: ask, signal })
    case 'list':
      parts.set(id, packedPages(from.list({ ...ask, signal })))
      return undefined
    case 'open':
      parts.set(id, (await from.open(ask.key, { range: ask.range, signal }))[Symbol.asyncIterator]())
      return undefined
    case 'next': {
      const next = await parts.get(ask)?.next()
      return next === undefined || next.done === true ? undefined : next.value
    }
    case 'end':
      await parts.get(ask)?.return?.()
      parts.delete(ask)
      return undefined
  }
}

async function* packedPages(pages: AsyncIterable<Page>): AsyncGenerator<PackedPage, void, void> {
  for await (const page of pages) yield packedOf(page)
}

function failureOf(cause: unknown): Failure {
  const error = cause instanceof Error ? cause : new Error(String(cause))
  if (error instanceof StoreError) return { type: 'store', code: error.code, message: error.message, hint: error.hint }
  const hint = error instanceof CheckError ? error.hint : undefined
  const type = error instanceof CheckError ? 'check' : 'bug'
  return { type, code: 'unavailable', message: type === 'bug' ? (error.stack ?? error.message) : error.message, hint }
}
