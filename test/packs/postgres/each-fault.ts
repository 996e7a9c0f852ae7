/** Each fault: told by its own check and by no other, to a superuser and to a role with no more rights than it needs. */
import { expect, test } from 'vitest'
import { apply, type Bed, type Seen } from './bed.js'
import { FAULTS } from './faults/index.js'
import { wrong } from './open-pack.js'

const PATIENT = { timeout: 45_000, interval: 50 }

export function testFaults(major: number, open: () => Bed): void {
  const here = FAULTS.filter(({ since = 13 }) => major >= since)
  test.each(here.map((fault, number) => ({ ...fault, number })))(
    '$number $check tells its fault, alone, and no longer',
    async ({ number, check, plant, undo, found, also = [], unseen = false, slow = false }) => {
      const { db, packs } = open()
      // All checks are asked once with it and once without, in turn as the one and the other role.
      const [whole, after] = (number + major) % 2 === 0 ? packs : packs.toReversed()
      const told = async (seen: Seen | undefined, expected: readonly string[]): Promise<void> => {
        const all = async () => (await seen?.pack.told())?.toSorted()
        if (slow) await expect.poll(all, { ...PATIENT, message: seen?.who ?? '' }).toEqual(expected)
        else expect(await all(), seen?.who).toEqual(expected)
      }
      await apply(db.client, plant)
      try {
        await told(whole, [check, ...also].toSorted())
        for (const { who, pack } of packs) {
          const { outcome, findings = [] } = (await pack.look([check]))[check] ?? {}
          const rows = findings.map(({ row, key, fix }) => ({ ...row, key, fix }))
          if (unseen && who !== 'superuser') {
            expect(outcome).toBe('error')
            continue
          }
          expect([outcome, rows.length], who).toEqual(['fail', found.length])
          expect(rows, who).toEqual(expect.arrayContaining(found.map((row) => expect.objectContaining(row))))
        }
      } finally {
        await apply(db.client, undo)
      }
      await told(after, [])
    },
  )

  test('is silent again', async () => {
    for (const { who, pack } of open().packs) expect(wrong(await pack.look()), who).toEqual([])
  })
}
