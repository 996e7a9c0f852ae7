/** A program of this machine (docker, kubectl, ssh) as the door to another place, and what is started behind it. */
import { randomBytes } from 'node:crypto'
import { END_GROUP, LEASH } from './leash.js'
import { type Marks, readMarks } from './marks.js'
import { startProcess } from './process.js'
import { type Process, type StartOptions, VantageError } from './vantage.js'

export interface Client {
  /** The client with its arguments, then the words of the program. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface Door {
  readonly label: string
  /** Words that run `argv` there. */
  readonly client: (argv: readonly string[], options: StartOptions) => Promise<Client>
  /** Whether the client itself takes the user; else the leash looks after it. */
  readonly takesUser: boolean
  /** Why nothing was started, from the client's own words; or why it was cut off. */
  readonly explain: (said: string, code: number | NodeJS.Signals) => VantageError
  /** Work that must be over before the vantage is closed. */
  readonly pending: Set<Promise<unknown>>
}

const ENDING_MS = 5000
const KEPT = 8192

/** Resolves once the program's shell is there; a VantageError where it is not reached. */
export async function startThere(door: Door, argv: readonly string[], options: StartOptions): Promise<Process> {
  const { signal, user } = options
  signal.throwIfAborted()
  const word = `postflight-${randomBytes(12).toString('hex')}`
  const leash = ['sh', '-c', LEASH, 'sh', word, door.takesUser ? '' : (user ?? ''), ...argv]
  const { argv: words, env } = await door.client(leash, options)
  const child = startProcess(words, { signal, env, onMissing: notInstalled })
  let ready = (_: Marks): void => {}
  const began = new Promise<Marks>((resolve) => {
    ready = resolve
  })
  const marked = readMarks(word, (marks) => ready(marks))
  child.stderr.on('error', () => marked.stream.destroy())
  child.stderr.pipe(marked.stream)
  child.stdin.on('error', () => {})
  // Nothing was started yet, so this is the client's (docker says here why it could not) or a login script's.
  let printed = ''
  let clear = (): void => {}
  const cleared = new Promise<void>((resolve) => {
    clear = resolve
  })
  const early = () => {
    printed = (printed + String(child.stdout.read() ?? '')).slice(-KEPT)
    if (printed.includes(`${word}\n`)) clear()
  }
  child.stdout.on('readable', early)
  const first = await Promise.race([Promise.all([began, cleared]).then(([marks]) => marks), child.ended])
  child.stdout.removeListener('readable', early)
  if (typeof first !== 'object') throw door.explain(`${printed}\n${marked.said()}`, first)
  const abort = () => {
    marked.stream.destroy()
    if (first.group !== undefined && first.group > 0) endGroup(door, first.group, user)
  }
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) {
    abort()
    throw signal.reason
  }
  child.stdin.write('go\n')
  const ended = child.ended
    .then((code) => {
      const { code: own, refused } = marked.marks()
      if (own !== undefined) return own
      throw refused === undefined
        ? door.explain(marked.said(), code)
        : refusal(door.label, refused, argv[0] ?? '', user ?? '')
    })
    .finally(() => signal.removeEventListener('abort', abort))
  ended.catch(() => undefined)
  return { stdin: child.stdin, stdout: child.stdout, stderr: marked.stream, ended }
}

/** Through the same door: the client's own end does not end what it started. */
function endGroup(door: Door, group: number, user: string | undefined): void {
  const signal = AbortSignal.timeout(ENDING_MS)
  const ending = door
    .client(['sh', '-c', END_GROUP, 'sh', String(group)], { signal, ...(door.takesUser ? { user } : {}) })
    .then(({ argv, env }) => {
      const child = startProcess(argv, { signal, env, onMissing: notInstalled })
      for (const stream of [child.stdout, child.stderr]) stream.on('error', () => {}).resume()
      child.stdin.on('error', () => {}).end()
      return child.ended
    })
    // It may be gone already; there is nothing more that can be done.
    .catch(() => undefined)
    .finally(() => door.pending.delete(ending))
  door.pending.add(ending)
}

function notInstalled(program: string): VantageError {
  return new VantageError(`${program} is not installed here`, {
    hint: `install ${program} where postflight runs, or look from elsewhere`,
  })
}

function refusal(label: string, refused: string, program: string, user: string): VantageError {
  if (refused === 'missing') return new VantageError(`${label}: ${program} is not installed there`)
  if (refused === 'nobody') return new VantageError(`${label}: there is no user "${user}" there`)
  if (refused === 'switch') {
    return new VantageError(`${label}: cannot look as ${user}: neither setpriv nor chroot --userspec is there`)
  }
  return new VantageError(`${label}: only root can look as ${user} there`)
}
