/** Opens a TCP connection from inside, over the standard input and output of a program there. */
import { randomBytes } from 'node:crypto'
import { DIAL } from './dial-script.js'
import { dialErrorFrom } from './dial-words.js'
import { parseAddress } from './proc-address.js'
import { processStream } from './process-stream.js'
import { type Dialled, type Endpoint, type Vantage, VantageError } from './vantage.js'

export interface DialInside {
  readonly label: string
  /** `in the container`, for the record. */
  readonly where: string
  readonly start: Vantage['start']
}

export async function dialInside(from: DialInside, to: Endpoint, signal: AbortSignal): Promise<Dialled> {
  signal.throwIfAborted()
  const life = new AbortController()
  const follow = () => life.abort(signal.reason)
  signal.addEventListener('abort', follow, { once: true })
  const word = `postflight-${randomBytes(12).toString('hex')}`
  try {
    const args = [word, to.host, String(to.port), to.family === undefined ? '' : String(to.family)]
    const process = await from.start(['sh', '-c', DIAL, 'sh', ...args], { signal: life.signal })
    const named = performance.now()
    let said = ''
    const open = new Promise<string | undefined>((resolve, reject) => {
      const look = () => {
        const mark = said.match(new RegExp(`${word} open ([0-9A-F:]+)\\n`))
        if (mark !== null) resolve(mark[1])
      }
      process.stderr.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-8192)
        look()
      })
      process.stdout.once('readable', () => {
        // Data before the look at the socket; at the end there is none.
        if (process.stdout.readableLength > 0) resolve(undefined)
      })
      process.ended.then((code) => {
        look()
        if (code === 0) return resolve(undefined)
        reject(refused(code, said.replaceAll(new RegExp(`${word}.*\\n`, 'g'), ''), to, from.label))
      }, reject)
    })
    const remote = await open
    const tool = said.match(new RegExp(`${word} with (.*)\\n`))?.[1] ?? 'nc'
    const stream = processStream(process, () => life.abort(new Error('the connection was closed')))
    return { stream, ...parseAddress(remote), method: `${tool} ${from.where}`, connectMs: performance.now() - named }
  } catch (cause) {
    if (signal.aborted) throw signal.reason
    life.abort(cause)
    throw cause
  } finally {
    signal.removeEventListener('abort', follow)
  }
}

function refused(code: number | NodeJS.Signals, said: string, to: Endpoint, label: string): Error {
  if (code === 3) {
    return new VantageError(`${label}: nothing there can open a connection: no nc, ncat, busybox or bash`, {
      hint: 'add one of them to the image, or look from another place in the same network',
    })
  }
  if (code === 4) {
    return new VantageError(`${label}: no family can be chosen for ${to.host} there: there is no getent`, {
      hint: 'leave family out, or give an address',
    })
  }
  if (code === 5) {
    return new VantageError(`${label}: /proc there does not tell whether a connection stands`, {
      hint: 'look as the user the container runs as, or from another place in the same network',
    })
  }
  return dialErrorFrom(said, to, label)
}
