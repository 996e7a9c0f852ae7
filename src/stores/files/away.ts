/**
 * A files store on what may never answer (a network, somebody's program): all looking is done by a process of its own. A
 * call that hangs inside our own, in whatever thread, would keep us from ever ending; that one is left behind.
 */
import type { ChildProcess } from 'node:child_process'
import { Readable } from 'node:stream'
import { CheckError } from '../../lib/errors.js'
import { startProcess } from '../../lib/start.js'
import { orAborted } from '../abort.js'
import { type PackedPage, pageOf } from '../packed.js'
import { type Store, StoreError } from '../store.js'
import type { CallName, Calls, Failure, Reply, Setting } from './away-messages.js'

export type AwayStore = Required<Pick<Store, 'probe' | 'list' | 'extent' | 'stat' | 'open' | 'close'>>

interface Waiting {
  readonly resolve: (answer: Calls[CallName]['answer']) => void
  readonly reject: (cause: unknown) => void
}

export function createAwayStore(setting: Setting, label: string): AwayStore {
  let child: ChildProcess | undefined
  let asked = 0
  const waiting = new Map<number, Waiting>()

  const start = (): ChildProcess => {
    // Calls wait for a server, not for a core: as many threads as calls may be under way.
    const started = startProcess(new URL('./away-process.js', import.meta.url), {
      UV_THREADPOOL_SIZE: String(Math.max(4, setting.spec.limit)),
    })
    const lost = (why: string): void => {
      if (child !== started) return
      child = undefined
      for (const { reject } of waiting.values()) reject(new StoreError('unavailable', `${label}: ${why}`))
      waiting.clear()
    }
    started.on('message', (reply: Reply) => {
      const one = waiting.get(reply.id)
      waiting.delete(reply.id)
      if (waiting.size === 0) started.channel?.unref()
      if ('failed' in reply) one?.reject(errorOf(reply.failed))
      else one?.resolve(reply.answer)
    })
    started.on('error', (cause) => lost(`no process could be started to look there: ${cause.message}`))
    started.on('exit', (code, signal) => lost(`the process that looks there has ended (${signal ?? code})`))
    started.unref()
    started.channel?.unref()
    started.send(setting)
    return started
  }
  const call = async <Name extends CallName>(
    name: Name,
    ask: Calls[Name]['ask'],
    signal?: AbortSignal,
  ): Promise<{ readonly id: number; readonly answer: Calls[Name]['answer'] }> => {
    signal?.throwIfAborted()
    child ??= start()
    const id = ++asked
    const answered = new Promise<Calls[CallName]['answer']>((resolve, reject) => waiting.set(id, { resolve, reject }))
    child.channel?.ref()
    child.send({ id, call: name, ask })
    const answer = await (signal === undefined ? answered : orAborted(answered, signal))
    return { id, answer: answer as Calls[Name]['answer'] }
  }
  /** Not waited for: what hangs does not end. */
  const end = (id: number): void => {
    if (child !== undefined) call('end', id).catch(() => undefined)
  }

  return {
    probe: async ({ signal }) => {
      await call('probe', undefined, signal)
    },
    stat: async (key, { facts = false, signal }) => (await call('stat', { key, facts }, signal)).answer,
    extent: async ({ prefix, signal }) => {
      const { answer } = await call('extent', prefix, signal)
      return answer ?? { entries: 0, bytes: 0, more: true, gaps: [] }
    },
    list: async function* ({ signal, splits: _, ...ask }) {
      const { id } = await call('list', ask, signal)
      try {
        for (;;) {
          const { answer } = await call('next', id, signal)
          if (answer === undefined) return
          yield pageOf(answer as PackedPage)
        }
      } finally {
        end(id)
      }
    },
    open: async (key, { range, signal }) => {
      const { id } = await call('open', { key, range }, signal)
      return new Readable({
        signal,
        read() {
          call('next', id, signal).then(
            ({ answer }) => this.push(answer === undefined ? null : (answer as Uint8Array)),
            (cause) => this.destroy(cause),
          )
        },
        destroy(cause, done) {
          end(id)
          done(cause)
        },
      })
    },
    close: async () => {
      const left = child
      child = undefined
      for (const { reject } of waiting.values()) reject(new StoreError('unavailable', `${label}: closed`))
      waiting.clear()
      // Never waited for: what is held fast by a mount goes when that answers, or is taken away.
      left?.kill('SIGKILL')
      if (left?.connected === true) left.disconnect()
    },
  }
}

function errorOf({ type, code, message, hint }: Failure): Error {
  if (type === 'store') return new StoreError(code, message, { hint })
  return type === 'check' ? new CheckError(message, { hint }) : new Error(message)
}
