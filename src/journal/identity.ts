/** What a journal belongs to, and in what another run differs from it. Holds hashes, so that nothing can be read off it. */
import { createHash } from 'node:crypto'

export interface Part {
  /** `check "orders"`, `connection "main"`, for people. */
  readonly what: string
  /** Told where it differs; only for what may be read by anybody. */
  readonly is?: string | undefined
  readonly hash: string
}

export type Identity = readonly Part[]

/** `value` is whatever the part is made of; functions in it do not count. */
export function part(what: string, value: unknown, is?: string): Part {
  const hash = createHash('sha256').update(plainJson(value)).digest('hex')
  return { what, ...(is === undefined ? {} : { is }), hash }
}

/** In words, one a difference; none where both are the same. */
export function differences(before: Identity, now: Identity): readonly string[] {
  const there = new Map(before.map((one) => [one.what, one]))
  const here = new Map(now.map((one) => [one.what, one]))
  const changed = [...here].flatMap(([what, one]) => {
    const old = there.get(what)
    if (old === undefined) return [`${what} is new`]
    if (old.hash === one.hash) return []
    return [
      old.is === undefined || one.is === undefined ? `${what} differs` : `${what} was ${old.is} and is ${one.is} now`,
    ]
  })
  return [...changed, ...[...there.keys()].filter((what) => !here.has(what)).map((what) => `${what} is gone`)]
}

/** JSON of values it has no form for, too. */
export function plainJson(value: unknown): string {
  return (
    JSON.stringify(value, (_, one: unknown) => {
      if (typeof one === 'bigint') return { bigint: String(one) }
      if (one instanceof Set) return { set: [...one].sort() }
      if (one instanceof Map) return { map: [...one] }
      if (one instanceof RegExp) return { pattern: String(one) }
      return one
    }) ?? ''
  )
}
