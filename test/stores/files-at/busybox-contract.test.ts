import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { createLocalVantage } from '../../../src/vantage/local.js'
import { serverOrSkip } from '../../support/require-server.js'
import { storeContract } from '../contract.js'
import { makeBed, storeAt } from './bed.js'

const BUSYBOX = '/bin/busybox'
const there = spawnSync(BUSYBOX, ['true']).status === 0

serverOrSkip('busybox', there)('with the tools of busybox', () => {
  let tools: string
  beforeAll(() => {
    tools = mkdtempSync(join(tmpdir(), 'busybox-tools-'))
    mkdirSync(tools, { recursive: true })
    for (const applet of execFileSync(BUSYBOX, ['--list'], { encoding: 'utf8' }).trim().split('\n')) {
      symlinkSync(BUSYBOX, join(tools, applet))
    }
  })
  afterAll(() => rmSync(tools, { recursive: true }))

  storeContract({
    many: 2500,
    holds: (key) => key !== 'a',
    open: async (objects) => {
      const bed = await makeBed(objects)
      const vantage = createLocalVantage({ env: { PATH: tools } })
      return {
        store: storeAt(vantage, bed.root, bed.directory),
        absent: storeAt(vantage, `${bed.directory}/gone`, bed.directory),
        close: bed.remove,
      }
    },
  })
})
