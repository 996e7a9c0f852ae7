/** A crew of threads, each started when there is work for it. */
import { once } from 'node:events'
import { MessageChannel, type MessagePort, receiveMessageOnPort, type Worker } from 'node:worker_threads'
import { startThread } from '../../lib/start.js'
import { buffersOf, memoryOf, type PageMemory } from '../packed.js'
import type { Crew, Outcome } from './crew.js'
import { ScratchError } from './name-runs.js'
import type { WalkPlace } from './run-sync.js'
import type { Answered, Given, ThreadData } from './walk-thread.js'

/** What each has waiting while it walks, so that it need not wait for us. */
const QUEUED = 2
/** Pages are made of short-lived things; a larger nursery would only be memory. */
const YOUNG_MB = 8

interface Thread {
  readonly worker: Worker
  readonly port: MessagePort
  /** The port is closed, whoever closed it. */
  readonly closed: Promise<unknown>
  readonly given: ((outcome: Outcome) => void)[]
}

export function createThreadCrew(place: WalkPlace, width: number, libc: boolean): Crew {
  const threads: Thread[] = []
  const memory: PageMemory[] = []
  let closed = false

  const take = (thread: Thread, answered: Answered): void => thread.given.shift()?.(outcomeOf(answered))
  const lost = (thread: Thread, cause: unknown): void => {
    if (closed || !threads.includes(thread)) return
    // It would never answer again.
    threads.splice(threads.indexOf(thread), 1)
    thread.port.close()
    for (const done of thread.given.splice(0)) done({ failed: cause })
  }
  const start = (): Thread => {
    const { port1: port, port2 } = new MessageChannel()
    const worker = startThread(new URL('./walk-thread.js', import.meta.url), {
      workerData: { port: port2, place, libc } satisfies ThreadData,
      transferList: [port2],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    })
    const thread = { worker, port, closed: once(port, 'close'), given: [] }
    port.on('message', (answered: Answered) => take(thread, answered))
    worker.on('error', (cause) => lost(thread, cause))
    worker.on('exit', () => lost(thread, new Error('a thread that walks a directory has ended')))
    threads.push(thread)
    return thread
  }

  return {
    room: () => threads.reduce((room, { given }) => room - given.length, QUEUED * width),
    give: (pieces, done) => {
      const least = threads.toSorted((a, b) => a.given.length - b.given.length)[0]
      const thread = least === undefined || (least.given.length > 0 && threads.length < width) ? start() : least
      thread.given.push(done)
      const spare = memory.pop()
      thread.port.postMessage({ pieces, spare } satisfies Given, spare === undefined ? [] : buffersOf(spare))
    },
    poll: () => {
      for (const thread of threads) {
        for (let one = receiveMessageOnPort(thread.port); one !== undefined; one = receiveMessageOnPort(thread.port)) {
          take(thread, one.message as Answered)
        }
      }
    },
    reuse: (page) => memory.push(memoryOf(page)),
    close: async () => {
      closed = true
      await Promise.all(threads.map(({ worker }) => worker.terminate()))
      for (const { port } of threads) port.close()
      await Promise.all(threads.map((thread) => thread.closed))
    },
  }
}

/** An error that crosses threads keeps its words and loses its codes. */
function outcomeOf(answered: Answered): Outcome {
  if ('walked' in answered) return answered
  const { scratch, message, ...codes } = answered.failed
  return { failed: scratch ? new ScratchError(message, String(codes.code)) : Object.assign(new Error(message), codes) }
}
