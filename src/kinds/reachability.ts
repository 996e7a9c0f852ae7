/** What the kinds that reach for something have in common: two subjects, and one observation out of several looks. */
import * as z from 'zod'
import { FAMILIES, type FamilyLook } from '../probes/families.js'
import { failedText } from '../probes/steps.js'
import type { Observation, Observed, SubjectSpec } from './kind.js'

/** `none`: it was reached. What the look says does not hold against `expect` is the judge's to find. */
export const REACHED: readonly SubjectSpec[] = [
  {
    name: 'reachable',
    type: 'boolean',
    meaning: 'Whether it answered as it should; with several families, whether each did.',
    default: { level: 'expect', matcher: true },
  },
  {
    name: 'failed_step',
    type: 'text',
    meaning: 'Step that failed: name, connect, handshake or response; none where it was reached.',
  },
]

export const familyField = z
  .enum(FAMILIES)
  .meta({
    description:
      'Address family to go over; both: each is looked at and each must answer. Without it whatever the resolver gives first.',
  })
  .optional()

/** Digits as text too: that is how a port comes from the environment. */
export const portField = (description: string) =>
  z
    .union([
      z.int().min(1).max(65_535),
      z
        .string()
        .regex(/^\d{1,5}$/, 'a port is a number from 1 to 65535')
        .transform(Number)
        .refine((port) => port >= 1 && port <= 65_535, 'a port is a number from 1 to 65535'),
    ])
    .meta({ description })

export const hostField = z
  .string()
  .regex(/^[^\s/:@[\]]+$|^[0-9a-fA-F:.]+(%[\w.-]+)?$/, 'a host name or an address, without port and brackets')
  .meta({ description: 'Host name or address, as it is seen from where the check looks.' })

/** What one look saw. */
export interface Seen {
  readonly subjects: Readonly<Record<string, Observed>>
  readonly notes?: readonly string[]
  readonly method?: string | undefined
}

/**
 * `names`: the other subjects that are owed. Where a look failed they are unobserved with its reason. Of two looks the
 * worse value counts: `worse` says which one that is; what it does not know has to be the same.
 */
export function observationOf(
  names: readonly string[],
  looks: readonly FamilyLook<Seen>[],
  worse: Readonly<Record<string, (a: Observed, b: Observed) => Observed>> = {},
): Observation {
  const failed = looks.flatMap(({ family, look }) =>
    look.reached ? [] : [{ step: look.step, text: `${over(family, looks.length)}${failedText(look)}` }],
  )
  const seen = looks.flatMap(({ family, look }) => (look.reached ? [{ ...look.seen, family }] : []))
  const notes = [
    ...failed.map(({ text }) => text),
    ...seen.flatMap((one) => (one.notes ?? []).map((note) => `${over(one.family, looks.length)}${note}`)),
  ]
  const method = seen.find((one) => one.method !== undefined)?.method
  const told = { notes, ...(method === undefined ? {} : { method }) }
  const [first] = failed
  if (first !== undefined) {
    const unobserved = Object.fromEntries(names.map((name) => [name, { unobserved: first.text }]))
    return { ...told, subjects: { ...unobserved, reachable: false, failed_step: first.step } }
  }
  const values = names.map((name) => {
    const each = seen.map(({ subjects }) => (Object.hasOwn(subjects, name) ? (subjects[name] as Observed) : NOT_LOOKED))
    const [first = NOT_LOOKED, ...rest] = each
    return [name, rest.reduce<Observed>((a, b) => (worse[name] ?? same)(a, b), first)] as const
  })
  return { ...told, subjects: { ...Object.fromEntries(values), reachable: true, failed_step: 'none' } }
}

const NOT_LOOKED: Observed = { unobserved: 'it was not looked for' }

function over(family: 4 | 6 | undefined, looks: number): string {
  return looks < 2 || family === undefined ? '' : `over IPv${family}: `
}

function same(a: Observed, b: Observed): Observed {
  return JSON.stringify(a) === JSON.stringify(b)
    ? a
    : { unobserved: 'it is not the same over IPv4 and IPv6; write one check for each family' }
}

/** For a delay: the longer one. */
export function longer(a: Observed, b: Observed): Observed {
  return typeof a === 'number' && typeof b === 'number' ? Math.max(a, b) : typeof a === 'number' ? b : a
}

/** For time that is left: the shorter one. */
export function shorter(a: Observed, b: Observed): Observed {
  return typeof a === 'number' && typeof b === 'number' ? Math.min(a, b) : typeof a === 'number' ? b : a
}

/** For lists: everything that was seen. */
export function together(a: Observed, b: Observed): Observed {
  return Array.isArray(a) && Array.isArray(b) ? [...a, ...b] : Array.isArray(a) ? b : a
}
