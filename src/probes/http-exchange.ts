/** One request and its answer over a stream that is connected already. No agent, no proxy, no second try. */
import { type IncomingMessage, request } from 'node:http'
import type { Duplex } from 'node:stream'
import { StepFailed } from './steps.js'

export interface ExchangeRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  /** Bytes of the answer's body that are read; what is larger is cut there. */
  readonly maxBody: number
  readonly signal: AbortSignal
}

export interface Answer {
  readonly status: number
  /** In lower case, as Node folds them. */
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
  /** It is larger than `maxBody`; its end was not waited for. */
  readonly truncated: boolean
  /** Milliseconds from sending to the headers, and to the last byte. */
  readonly firstByteMs: number
  readonly lastByteMs: number
}

/** Errors are Node's. Afterwards the stream is of no more use; who made it destroys it. */
export function exchange(stream: Duplex, asked: ExchangeRequest): Promise<Answer> {
  const { method, path, headers, body, maxBody, signal } = asked
  return new Promise((resolve, reject) => {
    const began = performance.now()
    let answered = false
    const sent = request({ method, path, headers, createConnection: () => stream, setHost: false })
    const settle = (act: () => void) => {
      signal.removeEventListener('abort', stop)
      act()
      sent.destroy()
    }
    const fail = (error: unknown) => settle(() => reject(error))
    const stop = () => fail(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    sent.on('error', fail)
    sent.on('close', () =>
      fail(answered ? cutOff() : new StepFailed('response', 'it closed the connection without an answer')),
    )
    const take = (answer: IncomingMessage, bodied: boolean) => {
      answered = true
      const firstByteMs = performance.now() - began
      const chunks: Buffer[] = []
      let size = 0
      const done = (truncated: boolean) =>
        settle(() =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: Buffer.concat(chunks).subarray(0, maxBody),
            truncated,
            firstByteMs,
            lastByteMs: performance.now() - began,
          }),
        )
      if (!bodied) return done(false)
      answer.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        size += chunk.length
        if (size > maxBody) done(true)
      })
      answer.on('end', () => (answer.complete ? done(false) : fail(cutOff())))
      answer.on('error', () => fail(cutOff()))
      answer.on('close', () => fail(cutOff()))
    }
    sent.on('response', (answer) => take(answer, true))
    sent.on('upgrade', (answer) => take(answer, false))
    if (signal.aborted) return stop()
    sent.end(body)
  })
}

function cutOff(): StepFailed {
  return new StepFailed('response', 'the other side closed the connection before the answer was whole')
}
