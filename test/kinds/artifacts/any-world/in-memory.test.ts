/**
 * Thousands of made-up worlds, with rows and stores in memory in the place of real ones, held against a naive model on
 * every finding class and every subject. What the real ones do is tried in `any-world.test.ts`.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Context } from '../../../../src/kinds/kind.js'
import { CheckError } from '../../../../src/lib/errors.js'
import type { Key } from '../../../../src/lib/key.js'
import { sortedStore } from '../../../../src/stores/sorted.js'
import { openWorld, type Seen, see, type World } from '../world.js'
import { HERE } from './clock.js'
import { fieldsOf } from './fields-of.js'
import { judge } from './judge.js'
import { memoryRows } from './memory-rows.js'
import { memoryStore } from './memory-store.js'
import { model } from './model.js'
import type { StorePlan, WorldPlan } from './plan.js'
import { worlds } from './worlds.js'

const RUNS = Number(process.env['POSTFLIGHT_ANY_WORLDS'] ?? 2200)

let world: World
beforeAll(() => {
  world = openWorld({})
})
afterAll(() => world.close())

test(`${RUNS} worlds with rows and stores in memory`, async () => {
  await fc.assert(fc.asyncProperty(worlds, agree), { numRuns: RUNS })
}, 300_000)

async function agree(plan: WorldPlan): Promise<void> {
  const stores = new Map(
    Object.entries({ uploads: plan.uploads, media: plan.media, spare: plan.spare })
      .filter((entry): entry is [string, StorePlan] => entry[1] !== undefined)
      .map(([name, planned]) => [name, memoryStore(name, planned)]),
  )
  const rows = memoryRows(plan)
  const real = world.connections.seenFrom('local').connections
  const connections: Context['connections'] = {
    ...real,
    sql: () => rows,
    store: (name) => {
      const found = stores.get(name)
      if (found === undefined) throw new Error(`no store ${name} is planned`)
      return sortedStore(found.store, world.scratch)
    },
  }
  let seen: Seen | CheckError
  try {
    seen = await see(world, fieldsOf(plan), {
      expect: Object.fromEntries(plan.asserted.map((name) => [name, 0])),
      context: { connections, now: () => new Date(HERE) },
    })
  } catch (error) {
    if (!(error instanceof CheckError)) throw error
    seen = error
  }
  const used = [plan.uploads, plan.media].filter((store) => store !== undefined)
  const asks = ['orphaned', 'renamed', 'entries'].some((name) => plan.asserted.includes(name))
  const broke = new Map<string, Key>()
  let nothing = false
  for (const [name, { broke: where }] of stores) {
    const at = where()
    if (at?.after !== undefined) broke.set(name, at.after)
    else if (at !== undefined) nothing = true
  }
  const said = model(plan, asks, broke)
  const proofless = said.rows === 0 && !(plan.emptyRows && (plan.emptyStore || !asks || holdsSomething(used)))
  if (nothing || proofless) {
    expect(seen).toBeInstanceOf(CheckError)
    return
  }
  // With nothing in the scope it may be either: an error, or orphans that were not measured.
  if (said.rows === 0 && plan.scope !== undefined && seen instanceof CheckError) return
  if (seen instanceof CheckError) throw seen
  judge(seen, said, plan, asks && used.every(({ lists }) => lists))
}

function holdsSomething(stores: readonly StorePlan[]): boolean {
  return stores.some(
    ({ entries, gaps, lists }) => !lists || gaps.length > 0 || entries.some(({ state }) => state !== 'unlisted'),
  )
}
