import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresHome } from '../../../fixtures/servers/postgres.js'
import { serverOrSkip } from '../../support/require-server.js'
import { type Bed, openBed } from './bed.js'
import { testFaults } from './each-fault.js'
import { testElsewhere } from './elsewhere.js'
import { FAULTS } from './faults/index.js'
import { testNothingWrong } from './nothing-wrong.js'
import { openPack } from './open-pack.js'
import { testRights } from './rights.js'

/** What a role does not see is no fault of the database, so that it is told beside those of all others; see rights.ts. */
const NO_FAULT = ['visibility']

test('every check has a fault', async () => {
  const pack = await openPack('postgres', 'postgres://nobody@127.0.0.1:1/nowhere', {})
  await pack.close()
  expect([...new Set([...NO_FAULT, ...FAULTS.map(({ check }) => check)])].toSorted()).toEqual(pack.ids.toSorted())
})

describe.each([13, 14, 15, 16, 17, 18])('%i', (major) => {
  serverOrSkip(`PostgreSQL ${major}`, postgresHome(major) !== undefined)(`pack postgres on PostgreSQL ${major}`, () => {
    let bed: Bed
    beforeAll(async () => {
      bed = await openBed(major)
    })
    afterAll(() => bed?.close())
    const open = (): Bed => bed

    testNothingWrong(open)
    testFaults(major, open)
    testRights(open)
    // The last: the server is another one from there on.
    testElsewhere(major, open)
  })
})
