/** What is as it should be: nobody is told of it, and what is not there is said to be not there. */
import { expect, test } from 'vitest'
import { type Bed, urlOf, WITH } from './bed.js'
import { openPack, outcomes, wrong } from './open-pack.js'

/** What of these there is does not depend on what is in the database. */
const SERVER_WIDE = [
  'archiving',
  'databases',
  'page-checksums',
  'prepared-transactions',
  'replication-role',
  'settings-durable',
  'settings-pending',
  'settings-sane',
  'target',
  'visibility',
]
/** What nobody has after a move that went well. */
export const LEFT_BEHIND = [
  'dms-exceptions',
  'jobs',
  'replication-slots',
  'statistics-extended',
  'subscribed-tables',
  'subscriptions',
]

export function testNothingWrong(open: () => Bed): void {
  test('an empty database is skipped by all that do not look at the server', async () => {
    const { empty } = open()
    for (const url of [empty.url, urlOf(empty.url, 'watcher')]) {
      const pack = await openPack('postgres', url, {})
      const found = await pack.look()
      await pack.close()
      expect(wrong(found)).toEqual([])
      expect(outcomes(found, 'pass')).toEqual(pack.ids.filter((id) => SERVER_WIDE.includes(id)))
      for (const id of outcomes(found, 'skip')) expect(found[id]?.examined, id).toBe(0)
    }
  })

  test('a healthy database is silent, and nothing in it is passed over', async () => {
    for (const { who, pack } of open().packs) {
      const found = await pack.look()
      expect(wrong(found), who).toEqual([])
      expect(outcomes(found, 'skip').toSorted(), who).toEqual(LEFT_BEHIND)
      expect(await pack.told(), who).toEqual([])
    }
  })

  test('so it is where no schema is named', async () => {
    const pack = await openPack('postgres', open().db.url, { ...WITH, schemas: [] })
    const told = await pack.told()
    await pack.close()
    expect(told).toEqual([])
  })
}
