/** Which checks a part of a run has: a part of each that divides, and its share of the others. Pure. */
import type { Check, Part } from '../kinds/kind.js'

/** What `--shard` makes of a run. */
export interface Shard extends Part {
  /** All checks selected, of every part. */
  readonly checks: readonly Check[]
  /** Ids of those of which every part has a part. */
  readonly divided: ReadonlySet<string>
  /** A digest of everything the parts must have in common. */
  readonly definition: string
  /** What the parts of a recorded run counted, by id of the check: keys are cut where they were cut then. */
  readonly like?: ReadonlyMap<string, unknown> | undefined
}

interface Shareable {
  readonly id: string
  readonly requires: readonly string[]
}

/**
 * Every check is in at least one part; one that others require is in every part that has one of them. The others go
 * round: parts of one run have the same checks in the same order, so every machine deals them out alike.
 */
export function checksOfPart<T extends Shareable>(
  checks: readonly T[],
  divided: ReadonlySet<string>,
  { number, of }: Part,
): readonly T[] {
  const byId = new Map(checks.map((check) => [check.id, check]))
  const whole = checks.filter(({ id }) => !divided.has(id))
  const mine = new Set([...divided, ...whole.filter((_, index) => index % of === number - 1).map(({ id }) => id)])
  for (const id of mine) for (const required of byId.get(id)?.requires ?? []) if (byId.has(required)) mine.add(required)
  return checks.filter(({ id }) => mine.has(id))
}

/** `part 2 of 5` */
export function partText({ number, of }: Part): string {
  return `part ${number} of ${of}`
}
