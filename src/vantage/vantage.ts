/**
 * The contract of a vantage: a place from which files, processes and the network are looked at. Everything that looks
 * there is a POSIX shell script of ours with arguments, or a byte stream to a host and port; so one piece of code looks
 * locally, inside a container, inside a pod and on another host.
 */
import type { Duplex, Readable, Writable } from 'node:stream'
import { CheckError, type CheckErrorOptions } from '../lib/errors.js'

export interface StartOptions {
  /** Aborting it ends the process (and does not wait for one that cannot be ended: a hung mount). */
  readonly signal: AbortSignal
  /** Look as this user: a name, a uid, or uid:gid. A vantage that cannot is a VantageError, never somebody else. */
  readonly user?: string | undefined
}

export interface Process {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /**
   * Resolves when it ended and its output is read: its exit code, or the signal it died of. Rejects with a VantageError
   * where the vantage itself was not reached (no such container, ssh refused), with the signal's reason when aborted.
   */
  readonly ended: Promise<number | NodeJS.Signals>
}

export interface Endpoint {
  readonly host: string
  readonly port: number
  /** Named, never guessed: without it whatever the resolver gives, in its order. */
  readonly family?: 4 | 6 | undefined
}

export interface Dialled {
  /** Connected. Destroying it frees everything behind it. */
  readonly stream: Duplex
  /** Address that answered, where the vantage can say. */
  readonly address?: string | undefined
  readonly family?: 4 | 6 | undefined
  /** How the name was resolved and the connection made, for the record: `socket`, `nc in the container`. */
  readonly method: string
  /** Milliseconds, where they can be told apart. */
  readonly nameMs?: number | undefined
  readonly connectMs?: number | undefined
}

/** What an engine says of the container from outside; kept to what traps are about. */
export interface Outside {
  readonly mounts: readonly OutsideMount[]
  /** Paths the image declares as volumes. */
  readonly declaredVolumes: readonly string[]
  readonly image?: string | undefined
  /** Digest or id: equal for two containers that run the same image. */
  readonly imageId?: string | undefined
  readonly startedAt?: Date | undefined
  readonly shmBytes?: number | undefined
}

export interface OutsideMount {
  readonly type: string
  /** Of a volume; 64 hex digits where nobody gave it one. */
  readonly name?: string | undefined
  readonly source?: string | undefined
  readonly destination: string
  readonly writable: boolean
  readonly propagation?: string | undefined
}

export interface Vantage {
  /** Safe to print: `local`, `container web`, `ssh old-host`. */
  readonly label: string
  /** How it is reached: `local`, `docker exec`, `kubectl exec`, `ssh`, `namespaces of the container`. */
  readonly method: (options: { readonly signal: AbortSignal }) => Promise<string>
  /**
   * Put before every absolute path handed to a script: empty, but where a container without a shell is looked into from
   * the host through `/proc/<pid>/root`.
   */
  readonly root: (options: { readonly signal: AbortSignal }) => Promise<string>
  /** `/proc` directory that stands for the vantage itself: `/proc/self`, or `/proc/<pid>` where `root` is not empty. */
  readonly self: (options: { readonly signal: AbortSignal }) => Promise<string>
  readonly start: (argv: readonly string[], options: StartOptions) => Promise<Process>
  /** Errors: DialError for what lies behind the vantage, VantageError for the vantage itself. */
  readonly dial: (to: Endpoint, options: { readonly signal: AbortSignal }) => Promise<Dialled>
  /** What the engine says from outside; undefined where there is none. */
  readonly outside: (options: { readonly signal: AbortSignal }) => Promise<Outside | undefined>
  readonly close: () => Promise<void>
}

/** The vantage could not be reached or cannot do what is asked: the check is *error*. */
export class VantageError extends CheckError {
  override readonly name = 'VantageError'
}

/** What lies behind the vantage did not answer; which step failed is part of the result. */
export class DialError extends CheckError {
  override readonly name = 'DialError'
  readonly step: 'name' | 'connect'
  /** Node's or the resolver's code where there is one: ECONNREFUSED, ENOTFOUND. */
  readonly code: string | undefined

  constructor(
    step: 'name' | 'connect',
    message: string,
    options: CheckErrorOptions & { code?: string | undefined } = {},
  ) {
    super(message, options)
    this.step = step
    this.code = options.code
  }
}
