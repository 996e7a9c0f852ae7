/**
 * Each fault: told by its own check and by no other, to a superuser and to a role with no more rights than it needs, and
 * never a pass to one that has none. That all is silent before it is what the fault before it ends with.
 */
import { expect, test } from 'vitest'
import { apply, type Bed } from './bed.js'
import { FAULTS } from './faults/index.js'
import { LEFT_BEHIND } from './nothing-wrong.js'
import { outcomes, wrong } from './open-pack.js'

const PATIENT = { timeout: 45_000, interval: 50 }

export function testFaults(major: number, open: () => Bed): void {
  const here = FAULTS.filter(({ since = 13 }) => major >= since)
  test.each(here.map((fault, number) => ({ ...fault, number })))(
    '$number $check tells its fault to either role, alone, and no longer',
    async ({ check, plant, undo, found, also = [], seenSince = 13, slow = false }) => {
      const { db, packs, stranger } = open()
      /** All checks of the pack are asked, by both roles at once. */
      const told = (expected: readonly string[]) =>
        Promise.all(
          packs.map(async ({ who, pack }) => {
            const all = async () => (await pack.told()).toSorted()
            if (slow) await expect.poll(all, { ...PATIENT, message: who }).toEqual(expected)
            else expect(await all(), who).toEqual(expected)
          }),
        )
      await apply(db.client, plant)
      try {
        await told([check, ...also].toSorted())
        for (const { who, pack } of packs) {
          const { outcome, findings = [] } = (await pack.look([check]))[check] ?? {}
          if (who !== 'superuser' && major < seenSince) {
            expect(outcome, who).toBe('error')
            continue
          }
          const rows = findings.map(({ row, key, fix }) => ({ ...row, key, fix }))
          expect([outcome, rows.length], who).toEqual(['fail', found.length])
          expect(rows, who).toEqual(expect.arrayContaining(found.map((row) => expect.objectContaining(row))))
        }
        expect(['fail', 'error'], 'stranger').toContain((await stranger.look([check]))[check]?.outcome)
      } finally {
        await apply(db.client, undo)
      }
      await told([])
    },
  )

  test('is silent again, and nothing is passed over', async () => {
    for (const { who, pack } of open().packs) {
      const found = await pack.look()
      expect(wrong(found), who).toEqual([])
      expect(outcomes(found, 'skip').toSorted(), who).toEqual(LEFT_BEHIND)
    }
  })
}
