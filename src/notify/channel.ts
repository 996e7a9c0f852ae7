/** What a channel is: its fields, and one way to hand a message over. Adding one is a file, and a line in `index.ts`. */
import * as z from 'zod'
import type { Notice } from './notice.js'
import { routeShape } from './route.js'

/** The message was not handed over; why, in words that name no more than the host. Any other error is a bug. */
export class NotSent extends Error {
  override readonly name = 'NotSent'
  /** Whether trying again may help. */
  readonly passing: boolean
  /** How long the other side wants to be left alone. Milliseconds. */
  readonly waitMs: number | undefined

  constructor(
    message: string,
    options: { readonly passing: boolean; readonly waitMs?: number | undefined; readonly cause?: unknown },
  ) {
    super(message, { cause: options.cause })
    this.passing = options.passing
    this.waitMs = options.waitMs
  }
}

/** One attempt. */
export interface Sending {
  /** Ends the attempt: its time is over, or somebody interrupts. */
  readonly signal: AbortSignal
  readonly version: string
  /** Name of the route, for what a channel calls its messages by. */
  readonly route: string
}

export interface Channel<Schema extends z.ZodObject = z.ZodObject> {
  readonly name: string
  readonly schema: Schema
  /** Fields that are a credential by themselves, whatever they look like. */
  readonly credentials: readonly string[]
  /** Where it goes, as anybody may read it: a host, addresses. */
  readonly place: (spec: z.output<Schema>) => string
  /** It keeps something open until it is told that all is well again, and may be told so more than once. */
  readonly closes?: true
  /** Rules that need more than the schema: warnings, with the field they are about. */
  readonly lint?: (spec: z.output<Schema>) => readonly { readonly field: string; readonly message: string }[]
  /** Resolves when the other side has taken it. Throws NotSent. */
  readonly send: (spec: z.output<Schema>, notice: Notice, sending: Sending) => Promise<void>
}

/** As the registry holds it: only the channel itself knows its spec. */
export interface AnyChannel extends Pick<Channel, 'name' | 'schema' | 'credentials' | 'closes'> {
  readonly place: (spec: never) => string
  readonly lint?: (spec: never) => ReturnType<NonNullable<Channel['lint']>>
  readonly send: (spec: never, notice: Notice, sending: Sending) => Promise<void>
}

export function defineChannel<Schema extends z.ZodObject>(channel: Channel<Schema>): Channel<Schema> {
  return channel
}

/** The schema of a route of this channel; every field with a description. */
export function routeSchema<const Name extends string, Shape extends z.ZodRawShape>(
  name: Name,
  description: string,
  shape: Shape,
) {
  return z.strictObject({ type: z.literal(name).meta({ description }), ...shape, ...routeShape })
}

/** `${secret.x}` may stand here. */
export const secretText = (description: string) => z.string().min(1).meta({ description, secret: true })

/** The address of a receiver. */
export const address = (description: string) =>
  z
    .url({ protocol: /^https?$/, error: 'an address begins with https:// or http://' })
    .meta({ description, secret: true })

/** Of an address no more than this is told: the rest of it may be all that is secret. */
export function hostOf(url: string): string {
  return new URL(url).host
}

/** Whether what is sent there crosses no network. */
export function isHere(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host === '::1' || /^127\./.test(host)
}
