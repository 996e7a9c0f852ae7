/** What every vantage promises, run against each: whatever it is reached through, one script sees the same there. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run, runScript } from '../../src/vantage/run.js'
import { DialError, type Vantage, VantageError } from '../../src/vantage/vantage.js'
import { type SilentServer, startSilentServer } from './silent-server.js'

export interface Place {
  readonly vantage: Vantage
  /** Somebody it can look as besides the usual user; undefined where it cannot. */
  readonly other?: { readonly user: string; readonly uid: string } | undefined
  readonly method: string | RegExp
  /** How a connection is made from there. */
  readonly dials: RegExp
  readonly close: () => Promise<void>
}

export function vantageTable(open: () => Promise<Place>): void {
  let place: Place
  let server: Server
  let silent: SilentServer
  const { signal } = new AbortController()
  const token = `look-${randomBytes(8).toString('hex')}`
  beforeAll(async () => {
    place = await open()
    silent = await startSilentServer()
    server = createServer((socket) => {
      socket.on('error', () => {})
      socket.on('data', (chunk) => socket.write(`echo ${chunk}`))
      socket.on('end', () => socket.end('bye'))
    })
    // Half of it is left open for the test to see whose end came first.
    server.listen({ port: 0, host: '127.0.0.1' })
    await once(server, 'listening')
  })
  afterAll(async () => {
    await place?.vantage.close()
    await place?.close()
    await silent?.stop()
    server?.close()
  })
  const port = () => (server.address() as { port: number }).port
  const script = (words: string, ...args: string[]) => runScript(place.vantage, words, args, { signal })

  it('says how it is reached', async () => {
    expect(await place.vantage.method({ signal })).toMatch(place.method)
  })

  it('hands over arguments as they are', async () => {
    const args = [
      '',
      ' a  b ',
      `it's`,
      '"$HOME" `id` $(id)',
      'back\\slash \\',
      'line\nfeed',
      '*',
      '-n',
      '日本語',
      "\\'",
    ]
    const { stdout } = await script('for one; do printf "%s|" "$one"; done', ...args)
    expect(stdout.toString()).toBe(args.map((arg) => `${arg}|`).join(''))
  })

  it.each([0, 1, 2, 77, 126, 127, 200, 255])('gives exit code %i for what it is', async (code) => {
    expect(await script('exit "$1"', String(code))).toMatchObject({ code, stderr: '' })
  })

  it('keeps standard output and error apart', async () => {
    const { stdout, stderr } = await script('echo out; echo err >&2; printf unended >&2')
    expect([stdout.toString(), stderr]).toEqual(['out\n', 'err\nunended'])
  })

  it('hands over the input to its end, byte by byte', async () => {
    const input = Buffer.from(Array.from({ length: 256 * 400 }, (_, index) => index % 256))
    const { stdout } = await runScript(place.vantage, 'cat', [], { signal, input })
    expect(stdout.equals(input)).toBe(true)
  })

  it('brings back 20 MB of output whole', async () => {
    const child = await place.vantage.start(['sh', '-c', 'head -c 20000000 /dev/zero; echo end'], { signal })
    child.stderr.resume()
    child.stdin.end()
    let size = 0
    let last = Buffer.alloc(0)
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      size += chunk.length
      last = Buffer.concat([last, chunk]).subarray(-4)
    }
    expect([size, last.toString(), await child.ended]).toEqual([20_000_004, 'end\n', 0])
  })

  it('says what is not installed there', async () => {
    const missing = run(place.vantage, ['no-such-program-here'], { signal })
    await expect(missing).rejects.toThrow(VantageError)
    await expect(run(place.vantage, ['no-such-program-here'], { signal })).rejects.toThrow(/no-such-program-here/)
  })

  it('looks as another user where it can, and else says so', async ({ skip }) => {
    const user = place.other?.user ?? '54321'
    const looking = runScript(place.vantage, 'id -u', [], { signal, user })
    if (place.other === undefined) return void (await expect(looking).rejects.toThrow(VantageError))
    expect((await looking).stdout.toString().trim()).toBe(place.other.uid)
    if (place.other.user === '') skip()
  })

  it('knows no user that is not there', async () => {
    const looking = runScript(place.vantage, 'id -u', [], { signal, user: 'no-such-user' })
    await expect(looking).rejects.toThrow(VantageError)
  })

  it('ends at the signal, and so does what was started there', async () => {
    const stop = new AbortController()
    const child = await place.vantage.start(
      ['sh', '-c', 'sleep 1000 & echo begun; sleep 1000 & wait; exit "$#"', token],
      { signal: stop.signal },
    )
    child.stderr.resume()
    await once(child.stdout, 'readable')
    expect(processesWith(token).length).toBeGreaterThan(0)
    const before = performance.now()
    stop.abort(new Error('enough'))
    await expect(child.ended).rejects.toThrow('enough')
    expect(performance.now() - before).toBeLessThan(1000)
    await expect.poll(() => processesWith(token), { timeout: 10_000 }).toEqual([])
  })

  it('starts nothing where the signal has fired before', async () => {
    const aborted = AbortSignal.abort(new Error('enough'))
    await expect(runScript(place.vantage, 'exit', [], { signal: aborted })).rejects.toThrow('enough')
  })

  describe('dial', () => {
    it('gives a stream both ways, to the end', async () => {
      const { stream, method } = await place.vantage.dial({ host: '127.0.0.1', port: port() }, { signal })
      expect(method).toMatch(place.dials)
      stream.write('hello')
      await expect.poll(() => stream.readableLength).toBeGreaterThanOrEqual(10)
      expect(String(stream.read())).toBe('echo hello')
      stream.destroy()
      await expect.poll(() => connections(server)).toBe(0)
    })

    it('reads on until the other side ends', async () => {
      const once = createServer((socket) => socket.end('banner and gone')).listen(0, '127.0.0.1')
      await new Promise((resolve) => once.once('listening', resolve))
      const at = once.address() as { port: number }
      const { stream } = await place.vantage.dial({ host: '127.0.0.1', port: at.port }, { signal })
      expect(await text(stream)).toBe('banner and gone')
      once.close()
    })

    it('carries 5 MB without loss', async () => {
      const big = createServer((socket) => socket.end(Buffer.alloc(5_000_000, 7))).listen(0, '127.0.0.1')
      await new Promise((resolve) => big.once('listening', resolve))
      const { stream } = await place.vantage.dial(
        { host: '127.0.0.1', port: (big.address() as { port: number }).port },
        { signal },
      )
      let size = 0
      for await (const chunk of stream as AsyncIterable<Buffer>) size += chunk.length
      expect(size).toBe(5_000_000)
      big.close()
    })

    it('tells a port where nobody listens', async () => {
      const unused = createServer().listen(0, '127.0.0.1')
      await new Promise((resolve) => unused.once('listening', resolve))
      const { port: free } = unused.address() as { port: number }
      await new Promise((resolve) => unused.close(resolve))
      const error = await failure(place.vantage.dial({ host: '127.0.0.1', port: free }, { signal }))
      expect(error).toBeInstanceOf(DialError)
      expect(error).toMatchObject({ step: 'connect', code: 'ECONNREFUSED' })
    })

    it('tells a name that does not resolve', async () => {
      const error = await failure(place.vantage.dial({ host: 'no-such-host.invalid', port: 80 }, { signal }))
      expect(error).toBeInstanceOf(DialError)
      expect(error).toMatchObject({ step: 'name' })
    })

    it('ends at the signal where nobody answers, and leaves no process', async () => {
      const stop = AbortSignal.timeout(1500)
      const error = await failure(place.vantage.dial({ host: '127.0.0.1', port: silent.port }, { signal: stop }))
      expect(String(error)).toMatch(/timeout/i)
      await expect.poll(() => processesWith(String(silent.port)), { timeout: 10_000 }).toEqual([])
    })
  })
}

function connections(server: Server): Promise<number> {
  return new Promise((resolve, reject) => server.getConnections((error, n) => (error ? reject(error) : resolve(n))))
}

export async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.fail('this was to fail'),
    (error: unknown) => error,
  )
}

/** Command lines on this machine, those in containers included, with this word as a part. */
export function processesWith(word: string): readonly string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')
      } catch {
        return ''
      }
    })
    .filter((line) => line.includes(word))
}
