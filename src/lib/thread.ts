/** Modules of ours that run in threads of their own, each answering one request at a time. */
import { type MessagePort, parentPort, type Worker } from 'node:worker_threads'
import { startThread } from './start.js'

export interface Threads<Request, Answer> {
  /** Starts all of them, for requests that are soon to come: each takes some 50 ms to start. */
  readonly prepare: () => void
  /** Waits for a thread that is free. What comes of a request nobody waits for any more is dropped. */
  readonly ask: (request: Request, options: { readonly signal: AbortSignal }) => Promise<Answer>
  /** Ends all of them. What is under way fails. */
  readonly close: () => Promise<void>
}

interface Asked<Request, Answer> {
  readonly request: Request
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

export interface ThreadsOptions {
  /** `new URL('./name.js', import.meta.url)`: a module that calls `answerInThread`. */
  readonly module: URL
  /** At most so many; each is started when it is first needed. */
  readonly width: number
}

export function createThreads<Request, Answer>({ module, width }: ThreadsOptions): Threads<Request, Answer> {
  const waiting: Asked<Request, Answer>[] = []
  const idle: Worker[] = []
  const busy = new Map<Worker, Asked<Request, Answer>>()
  const all = new Set<Worker>()
  let closed = false

  const start = (): Worker => {
    const worker = startThread(module, {})
    all.add(worker)
    worker.on('message', (answer: Answer) => {
      busy.get(worker)?.resolve(answer)
      busy.delete(worker)
      // A thread without work keeps nothing alive.
      worker.unref()
      idle.push(worker)
      next()
    })
    const lost = (error: unknown) => {
      all.delete(worker)
      busy.get(worker)?.reject(error)
      busy.delete(worker)
      if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1)
      if (!closed) next()
    }
    worker.on('error', lost)
    worker.on('exit', () => lost(new Error(`the thread of ${module.pathname} has ended`)))
    return worker
  }
  const next = (): void => {
    const asked = waiting[0]
    if (asked === undefined) return
    const worker = idle.pop() ?? (all.size < width ? start() : undefined)
    if (worker === undefined) return
    waiting.shift()
    busy.set(worker, asked)
    worker.ref()
    worker.postMessage(asked.request)
  }
  return {
    prepare: () => {
      while (!closed && all.size < width) {
        const worker = start()
        worker.unref()
        idle.push(worker)
      }
    },
    ask: (request, { signal }) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted()
        const stop = () => {
          const at = waiting.indexOf(asked)
          if (at >= 0) waiting.splice(at, 1)
          asked.reject(signal.reason)
        }
        const asked: Asked<Request, Answer> = {
          request,
          resolve: (answer) => {
            signal.removeEventListener('abort', stop)
            resolve(answer)
          },
          reject: (error) => {
            signal.removeEventListener('abort', stop)
            reject(error)
          },
        }
        signal.addEventListener('abort', stop, { once: true })
        waiting.push(asked)
        next()
      }),
    close: async () => {
      closed = true
      for (const { reject } of waiting.splice(0)) reject(new Error('closed'))
      await Promise.all([...all].map((worker) => worker.terminate()))
    },
  }
}

/** For the module that is the thread. An error that `work` throws ends the thread, and the request fails with it. */
export function answerInThread<Request, Answer>(work: (request: Request) => Answer): void {
  const port: MessagePort | null = parentPort
  port?.on('message', (request: Request) => port.postMessage(work(request)))
}
