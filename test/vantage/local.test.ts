import { describe } from 'vitest'
import { openVantage } from '../../src/vantage/open.js'
import { vantageTable } from './table.js'

describe('local', () => {
  vantageTable(async () => ({
    vantage: openVantage('local', { env: process.env, ssh: () => expectNone() }),
    other: process.getuid?.() === 0 ? { user: '65534', uid: '65534' } : undefined,
    method: 'local',
    dials: /^socket$/,
    close: async () => undefined,
  }))
})

function expectNone(): never {
  throw new Error('no ssh is asked for here')
}
