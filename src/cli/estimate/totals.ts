/** What all reads of a plan come to: rows, entries, requests by type, what these cost, and a rule of thumb of the time. Pure. */
import type { ConnectionSpec } from '../../connections/schema.js'
import type { Estimates } from './result.js'

export interface Totals {
  readonly rows: number
  /** Of listings; where one is longer than what was counted, as many as there are rows that name its keys. */
  readonly entries: number
  /** Some listing is longer than what was counted, or something could not be told: all that follows is a least. */
  readonly atLeast: boolean
  /** Of object storage and web servers. */
  readonly requests: { readonly list: number; readonly head: number; readonly get: number }
  /** Of databases, to be looked into one by one. */
  readonly objects: number
  readonly objectBytes: number
  /** How many of them are of a size that is not known, and in no other number here. */
  readonly unsized: number
  /** Contents to be read at most: those of objects only where the store knows no checksum. */
  readonly contentBytes: number
  /** US dollars, requests of buckets alone, at the prices below. */
  readonly cost: number
  readonly seconds: number
}

/** US dollars a request, S3 Standard as AWS lists it for us-east-1. Transfer and retrieval from other classes come on top. */
const PRICE = { list: 0.005 / 1000, head: 0.0004 / 1000, get: 0.0004 / 1000 }
const KEYS_PER_LIST = 1000

/**
 * How fast each goes as a rule, a second: rows and entries of one machine, requests of one connection, bytes of one network
 * or of tables that are read and sorted.
 */
const SPEED = { rows: 700_000, files: 250_000, list: 40, head: 500, bytes: 100_000_000 }

export function totalsOf({ checks, connections }: Estimates): Totals {
  const typeOf = (name: string | undefined): ConnectionSpec['type'] | undefined =>
    connections.find((one) => one.name === name)?.type
  const sum = {
    rows: 0,
    files: 0,
    keys: 0,
    list: 0,
    head: 0,
    get: 0,
    priced: 0,
    bytes: 0,
    objects: 0,
    objectBytes: 0,
    unsized: 0,
  }
  let atLeast = false
  for (const { steps } of checks) {
    let rows = 0
    for (const { step, estimate } of steps) {
      const type = typeOf(step.connection)
      const isBucket = type === 's3'
      // What could not be told would come on top.
      if (estimate?.type === 'unknown') atLeast = true
      if (estimate?.type === 'query') rows += estimate.rows
      if (estimate?.type === 'objects') {
        sum.objects += estimate.objects
        sum.objectBytes += estimate.bytes
        sum.unsized += estimate.unsized
      }
      if (estimate?.type === 'listing') {
        const entries = estimate.more ? Math.max(estimate.entries, rows) : estimate.entries
        atLeast ||= estimate.more
        if (isBucket) {
          const list = Math.max(1, Math.ceil(entries / KEYS_PER_LIST))
          sum.keys += entries
          sum.list += list
          sum.priced += list * PRICE.list
        } else sum.files += entries
      }
      if (estimate?.type === 'look-ups' && type !== 'files') {
        sum.head += estimate.keys
        if (isBucket) sum.priced += estimate.keys * PRICE.head
      }
      if (estimate?.type === 'content') {
        sum.bytes += Math.min(estimate.bytes ?? 0, estimate.budget ?? Number.POSITIVE_INFINITY)
        if (type === 'files') continue
        // Each is asked for its checksum first.
        sum.head += isBucket ? estimate.keys : 0
        sum.get += estimate.keys
        if (isBucket) sum.priced += estimate.keys * (PRICE.head + PRICE.get)
      }
    }
    sum.rows += rows
  }
  const requests = { list: sum.list, head: sum.head, get: sum.get }
  const seconds =
    sum.rows / SPEED.rows +
    sum.files / SPEED.files +
    sum.list / SPEED.list +
    (sum.head + sum.get) / SPEED.head +
    (sum.bytes + sum.objectBytes) / SPEED.bytes
  return {
    rows: sum.rows,
    entries: sum.files + sum.keys,
    atLeast,
    requests,
    objects: sum.objects,
    objectBytes: sum.objectBytes,
    unsized: sum.unsized,
    contentBytes: sum.bytes,
    cost: sum.priced,
    seconds,
  }
}
