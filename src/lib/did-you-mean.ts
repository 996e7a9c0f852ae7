import { distance } from 'fastest-levenshtein'

/** The candidate a mistyped word most likely stands for; undefined where none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = Math.max(2, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    const steps = distance(word.toLowerCase(), candidate.toLowerCase())
    if (steps < least && steps < candidate.length) {
      best = candidate
      least = steps
    }
  }
  return best
}

/** Those first that the word is most like. */
export function mostAlike(word: string, candidates: readonly string[]): readonly string[] {
  const steps = new Map(candidates.map((candidate) => [candidate, distance(word, candidate)]))
  return candidates.toSorted((one, other) => (steps.get(one) ?? 0) - (steps.get(other) ?? 0))
}

/** `did you mean "expect"?`, or undefined. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const best = nearest(word, candidates)
  return best === undefined ? undefined : `did you mean "${best}"?`
}
