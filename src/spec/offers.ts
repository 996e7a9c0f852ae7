/**
 * Connections that a check makes for others: a restored backup. Who uses one must require the check that makes it, or it
 * would not be there yet.
 */
import type { ParsedCheck } from './parse-check.js'
import type { Problems } from './problems.js'
import { field } from './tree.js'
import { namedIn } from './uses.js'

export interface Offer {
  readonly name: string
  /** Id of the check that makes it. */
  readonly check: string
}

/** A name that is declared, or offered twice, is an error. */
export function offersOf(
  checks: readonly ParsedCheck[],
  declared: readonly string[],
  problems: Problems,
): readonly Offer[] {
  const offers: Offer[] = []
  for (const { check, kind, tree, idSpan } of checks) {
    for (const name of kind.offers?.(check.spec as never) ?? []) {
      const other = offers.find((offer) => offer.name === name)
      const at = field(tree, 'restore')?.span ?? idSpan
      if (declared.includes(name)) {
        problems.error(`check "${check.id}" offers a connection "${name}", which is declared already`, at, {
          hint: 'choose another name with as:',
        })
      } else if (other !== undefined) {
        problems.error(`checks "${other.check}" and "${check.id}" both offer a connection "${name}"`, at, {
          hint: 'choose another name with as:',
        })
      } else offers.push({ name, check: check.id })
    }
  }
  return offers
}

/** `requires`: of each check, resolved. */
export function refuseEarlyUse(
  checks: readonly ParsedCheck[],
  offers: readonly Offer[],
  requires: ReadonlyMap<string, readonly string[]>,
  problems: Problems,
): void {
  for (const parsed of checks) {
    const { check, idSpan } = parsed
    for (const { name, check: maker } of offers) {
      if (!check.uses.includes(name) || reaches(check.id, maker, requires)) continue
      const at = namedIn(parsed).find((one) => one.name === name)?.span ?? idSpan
      const what = `check "${check.id}" uses connection "${name}"`
      if (check.id === maker) problems.error(`${what}, which it makes itself`, at)
      else {
        problems.error(`${what}, which is made by check "${maker}", and does not require it`, at, {
          hint: `add requires: [${maker}]`,
        })
      }
    }
  }
}

/** Directly or through others. */
function reaches(from: string, to: string, requires: ReadonlyMap<string, readonly string[]>): boolean {
  const seen = new Set<string>()
  const open = [...(requires.get(from) ?? [])]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === to) return true
    if (seen.has(id)) continue
    seen.add(id)
    open.push(...(requires.get(id) ?? []))
  }
  return false
}
