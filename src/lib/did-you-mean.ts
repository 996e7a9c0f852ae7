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

/** `did you mean "expect"?`, or undefined. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const best = nearest(word, candidates)
  return best === undefined ? undefined : `did you mean "${best}"?`
}
