/** One look for each address family that is named; none is tried in place of another. */
import type { Look } from './steps.js'

export const FAMILIES = ['ipv4', 'ipv6', 'both'] as const
export type FamilyName = (typeof FAMILIES)[number]

export interface FamilyLook<T> {
  /** Undefined where none was named: whatever the resolver gave. */
  readonly family: 4 | 6 | undefined
  readonly look: Look<T>
}

/** `both`: side by side. */
export async function eachFamily<T>(
  named: FamilyName | undefined,
  look: (family: 4 | 6 | undefined) => Promise<Look<T>>,
): Promise<readonly FamilyLook<T>[]> {
  const families =
    named === undefined
      ? [undefined]
      : named === 'both'
        ? ([4, 6] as const)
        : named === 'ipv4'
          ? ([4] as const)
          : ([6] as const)
  return Promise.all(families.map(async (family) => ({ family, look: await look(family) })))
}
