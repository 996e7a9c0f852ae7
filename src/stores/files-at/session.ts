/** One script at the vantage, read record by record; and the root it saw, which must stay the same. */
import { keyFromLatin1 } from '../../lib/key.js'
import type { Vantage } from '../../vantage/vantage.js'
import { fileError } from '../files/errors.js'
import { StoreError } from '../store.js'
import { readRecords } from './records.js'
import { systemError } from './words.js'

export interface Session {
  readonly vantage: Vantage
  /** Of the store. */
  readonly label: string
}

export interface Root {
  /** Device and inode. */
  readonly identity: string
  /** With every link resolved, one byte in each character. */
  readonly real: string
}

export interface Script {
  readonly text: string
  readonly args: readonly string[]
  readonly input?: Iterable<Buffer> | undefined
  readonly signal: AbortSignal
}

const SAID_KEPT = 8192

/** `onEnd` gets what it said on standard error. Ends the script where it is left early. */
export async function* runRecords(
  { vantage, label }: Session,
  { text, args, input, signal }: Script,
  onEnd: (said: string) => void = () => {},
): AsyncGenerator<string, void, void> {
  signal.throwIfAborted()
  const life = new AbortController()
  const follow = () => life.abort(signal.reason)
  signal.addEventListener('abort', follow, { once: true })
  try {
    const process = await vantage.start(['sh', '-c', text, 'sh', ...args], { signal: life.signal })
    let said = ''
    process.stderr.setEncoding('latin1').on('data', (chunk: string) => {
      said = (said + chunk).slice(-SAID_KEPT)
    })
    process.stdin.on('error', () => {})
    process.stdin.end(input === undefined ? '' : Buffer.concat([...input]))
    yield* readRecords(process.stdout)
    await process.ended
    onEnd(said)
  } catch (cause) {
    if (signal.aborted) throw signal.reason
    // Its output was destroyed by us or by its end; why it ended is told elsewhere.
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_STREAM_PREMATURE_CLOSE') {
      throw new StoreError('unavailable', `${label}: what it listed broke off`, { cause })
    }
    throw cause
  } finally {
    signal.removeEventListener('abort', follow)
    life.abort(new Error('left early'))
  }
}

/** The record `r`, or the error that the record `x` is about; undefined for another record. */
export function rootOf(label: string, record: string): Root | undefined {
  if (record.startsWith('r')) {
    const space = record.indexOf(' ')
    return { identity: record.slice(1, space), real: record.slice(space + 1) }
  }
  if (!record.startsWith('x')) return undefined
  const said = record.slice(1)
  if (said === 'no stat') {
    throw new StoreError('unavailable', `${label}: there is no stat as GNU or busybox have it`, {
      hint: 'add coreutils and findutils, or busybox, there',
    })
  }
  if (said === 'Not a directory') throw new StoreError('unreadable', `${label}: not a directory`)
  throw fileError(label, systemError(said))
}

export function incomplete(label: string, said: string): StoreError {
  const line = said.split('\n').find((one) => one.trim() !== '')
  return new StoreError(
    'unavailable',
    `${label}: could not be read to the end${line === undefined ? '' : `: ${line}`}`,
    {
      hint: 'what is needed there: sh, and find, stat, xargs and readlink of GNU or busybox',
    },
  )
}

export function keysInput(keys: readonly string[]): Iterable<Buffer> {
  return keys.map((key) => Buffer.from(`./${keyFromLatin1(key)}\0`, 'latin1'))
}
