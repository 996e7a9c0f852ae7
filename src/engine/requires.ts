import type { Check } from '../kinds/kind.js'

/** Throws where checks wait for one another. The check files are refused for it long before; this guards the engine. */
export function refuseCycles(checks: readonly Pick<Check, 'id' | 'requires'>[]): void {
  const waiting = new Map(checks.map((check) => [check.id, new Set(check.requires)]))
  for (let more = true; more; ) {
    more = false
    for (const [id, requires] of waiting) {
      for (const required of requires) if (!waiting.has(required)) requires.delete(required)
      if (requires.size > 0) continue
      waiting.delete(id)
      more = true
    }
  }
  if (waiting.size > 0) throw new Error(`checks require one another: ${[...waiting.keys()].join(', ')}`)
}
