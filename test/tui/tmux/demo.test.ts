/** The badly moved shop, at the desk: from the verdict to the missing file, and back to green. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { generateShop } from '../../../fixtures/shop/generate.js'
import { writeFiles } from '../../../fixtures/shop/load.js'
import { PROJECT } from '../../../fixtures/shop/run-verify.js'
import { withShop } from '../../../fixtures/shop/start.js'
import { serverOrSkip } from '../../support/require-server.js'
import { BIN } from '../../support/run-cli.js'
import { openTerminal, tmuxStarts } from '../../support/tmux.js'

// It starts real servers and loads the shop.
vi.setConfig({ testTimeout: 180_000 })

serverOrSkip('tmux', tmuxStarts())('the demo at the desk', () => {
  test('a live run, the missing file, a list of it, and green once the files are back', async () => {
    const { signal } = new AbortController()
    const data = generateShop()
    await withShop({ data, healthy: false, signal }, async ({ directories, env }) => {
      const lost = data.files.avatars.find(({ path }) => !existsSync(join(directories.avatars, path)))?.path ?? ''
      const name = lost.slice(lost.indexOf('/') + 1, lost.indexOf('-'))
      const terminal = await openTerminal({ columns: 100, rows: 30, cwd: PROJECT, env })
      try {
        await terminal.command('echo earlier text')
        await terminal.shows(/^earlier text$/m)
        await terminal.command(`node ${BIN} audit checks/demo --check avatars-on-disk; echo code=$?`)
        await terminal.shows(/FAILED {2}exit 1 .* avatars-on-disk/)
        await terminal.keys('e', 'Enter')
        await terminal.shows(/✖ missing +│ 0 +│ 511/)

        await terminal.keys('Tab')
        await terminal.shows('511 findings')
        await terminal.keys('/')
        await terminal.type(name)
        await terminal.keys('Enter')
        await terminal.shows(new RegExp(`❯ missing +${lost}`))
        await terminal.resize(70, 18)
        await terminal.shows(new RegExp(`❯ missing +${lost}`))
        await terminal.resize(100, 30)
        await terminal.keys('Enter')
        await terminal.shows('1 row refers to it')

        const list = join(directories.base, 'asked.txt')
        await terminal.keys('x', 'C-u')
        await terminal.type(list)
        await terminal.keys('Enter')
        await terminal.shows('(1 missing) in')
        expect(readFileSync(list, 'utf8')).toBe(`${lost}\n`)

        await writeFiles(directories.avatars, data.files.avatars, { signal })
        await terminal.keys('v')
        await terminal.shows(/no longer/)
        await terminal.keys('r')
        await terminal.keys('1')
        await terminal.shows(/PASSED[\s\S]*✔ pass +avatars-on-disk/)
        await terminal.keys('q')
        await terminal.shows(/^code=0$/m)
        expect(await terminal.history()).toContain('earlier text\n')
      } finally {
        await terminal.end()
      }
    })
  })
})
