/** What is asked for and not there, and what a role has no right to see. */
import { expect, test } from 'vitest'
import type { Bed } from './bed.js'
import { INSIDE } from './faults/index.js'
import { openPack, wrong } from './open-pack.js'

/** Values that nothing here fulfils, and what is told of it. */
const WANTED = {
  schemas: ['app', 'gone'],
  app_roles: ['nobody'],
  database: 'shop',
  old_addresses: ['127.0.0.1'],
  subscriptions: ['wanted'],
  slots: ['wanted'],
  standbys: 2,
  event_triggers: ['wanted'],
  settings: ['work_mum=4MB', 'work_mem=4MB'],
}
const TOLD: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  schemas: [{ schema_name: 'gone' }],
  'app-roles': [{ role: 'nobody', fix: 'CREATE ROLE nobody LOGIN' }],
  target: [{ what: 'database', expected: 'shop' }, { what: 'address' }],
  subscriptions: [{ subscription: 'wanted', problem: 'not there', fix: undefined }],
  'replication-slots': [{ slot: 'wanted', problem: 'not there', fix: undefined }],
  standbys: [{ expected: 2, streaming: 1 }],
  'event-triggers': [{ event_trigger: 'wanted', problem: 'not there' }],
}

export function testRights(open: () => Bed): void {
  test('what is named and not there is told, and nothing else', async () => {
    const pack = await openPack('postgres', open().db.url, WANTED)
    const told = await pack.told()
    const found = await pack.look(Object.keys(TOLD))
    await pack.close()
    expect(told.toSorted()).toEqual(Object.keys(TOLD).toSorted())
    for (const [check, rows] of Object.entries(TOLD))
      expect(
        found[check]?.findings.map(({ row, fix }) => ({ ...row, fix })),
        check,
      ).toEqual(rows.map((row) => expect.objectContaining(row)))
  })

  test('never passes what a role with no more than a login cannot see', async () => {
    const found = await open().stranger.look()
    const probed = INSIDE.map(({ check }) => check).filter((id) => id !== 'views-populated')
    const unseen = [
      'archiving',
      'settings-expected',
      'settings-pending',
      'standbys',
      'statistics-present',
      ...new Set(probed),
    ]
    expect(wrong(found).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(
      [...unseen.map((id) => `${id} error`), 'visibility warn'].toSorted(),
    )
    expect(found['visibility']?.findings.map(({ row }) => row?.['unseen'])).toEqual([
      'statistics of other sessions',
      'settings only superusers see',
      'tables',
      'sequences',
      'tables with row-level security',
    ])
  })
}
