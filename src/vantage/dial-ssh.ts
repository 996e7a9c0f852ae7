/**
 * Opens a TCP connection from the other host, over ssh itself (`ssh -W`): nothing is needed there. That the channel
 * stands, or why not, is in what the client says of it at level DEBUG2; the rest of that is dropped.
 */
import { dialErrorFrom } from './dial-words.js'
import { startProcess } from './process.js'
import { processStream } from './process-stream.js'
import { run } from './run.js'
import { explainSsh } from './ssh-errors.js'
import { DialError, type Dialled, type Endpoint, type Vantage, VantageError } from './vantage.js'

export interface DialSsh {
  readonly label: string
  /** ssh with its options, without the host. */
  readonly words: readonly string[]
  readonly host: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly start: Vantage['start']
}

const OPEN = /channel \d+: open confirm/
const FAILED = /channel \d+: open failed: (.*)/
const LOGGED_IN = /Authenticated to /
const KEPT = 65_536

export async function dialSsh(from: DialSsh, to: Endpoint, signal: AbortSignal): Promise<Dialled> {
  signal.throwIfAborted()
  const { label } = from
  const literal = to.family === undefined ? undefined : await addressOf(from, to, signal)
  const host = literal ?? to.host
  const life = new AbortController()
  const follow = () => life.abort(signal.reason)
  signal.addEventListener('abort', follow, { once: true })
  try {
    const target = `${host.includes(':') ? `[${host}]` : host}:${to.port}`
    const words = from.words.map((word) => (word.startsWith('LogLevel=') ? 'LogLevel=DEBUG2' : word))
    const argv = [...words, '-W', target, '--', from.host]
    const onMissing = () => new VantageError('ssh is not installed here')
    const process = startProcess(argv, { signal: life.signal, env: from.env, onMissing })
    let said = ''
    let asked = performance.now()
    const open = new Promise<void>((resolve, reject) => {
      process.stderr.setEncoding('utf8').on('data', (text: string) => {
        if (!LOGGED_IN.test(said) && LOGGED_IN.test(said + text)) asked = performance.now()
        said = (said + text).slice(-KEPT)
        if (OPEN.test(said)) resolve()
      })
      process.ended.then((code) => {
        if (OPEN.test(said)) return resolve()
        reject(closed(said, code, to, label))
      }, reject)
    })
    await open
    const connectMs = performance.now() - asked
    // What it goes on to say is of no use, and must not fill the memory.
    process.stderr.removeAllListeners('data').resume()
    const stream = processStream(process, () => life.abort(new Error('the connection was closed')))
    return {
      stream,
      ...(literal === undefined ? {} : { address: literal, family: to.family }),
      method: 'ssh -W',
      connectMs,
    }
  } catch (cause) {
    if (signal.aborted) throw signal.reason
    life.abort(cause)
    throw cause
  } finally {
    signal.removeEventListener('abort', follow)
  }
}

function closed(said: string, code: number | NodeJS.Signals, to: Endpoint, label: string): Error {
  const failed = said.match(FAILED)?.[1]
  if (failed === undefined) {
    const own = said.split('\n').filter((line) => !line.startsWith('debug'))
    return explainSsh(label, own.join('\n'), code)
  }
  if (failed.includes('administratively prohibited')) {
    return new VantageError(`${label}: its sshd forwards no connections`, {
      hint: 'set AllowTcpForwarding there, or look from a container or another host',
    })
  }
  return dialErrorFrom(failed, to, label)
}

/** ssh leaves the choice among the addresses of a name to the other side, so a family is chosen by an address. */
async function addressOf({ label, start }: DialSsh, to: Endpoint, signal: AbortSignal): Promise<string> {
  if (/^[0-9.]+$/.test(to.host) || to.host.includes(':')) {
    if (to.host.includes(':') === (to.family === 6)) return to.host
    throw new DialError('name', `${to.host} is not an IPv${to.family} address`, { code: 'ENODATA' })
  }
  const vantage = { label, start }
  const { code, stdout } = await run(vantage, ['getent', `ahostsv${to.family}`, to.host], { signal })
  const address = stdout.toString().split(/\s/)[0] ?? ''
  if (code === 0 && address !== '') return address
  throw new DialError('name', `${to.host}, seen from ${label}: the name has no address of that family`, {
    code: 'ENODATA',
  })
}
