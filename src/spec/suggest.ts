import { didYouMean } from '../lib/did-you-mean.js'

/** "did you mean …?" where one is near, else the names there are. */
export function suggestOrList(typed: string, known: readonly string[]): string | undefined {
  return didYouMean(typed, known) ?? (known.length === 0 ? undefined : `known: ${known.join(', ')}`)
}
