/** The demo promises to find what it planted and to leave nothing behind. These tests hold it to that, from outside. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterEach, expect, test, vi } from 'vitest'
import { FAULTS } from '../../fixtures/shop/faults.js'
import { PROJECT } from '../../fixtures/shop/run-verify.js'
import { type Demo, runDemo } from './run-demo.js'

// Each starts real servers and loads the shop; a busy machine takes its time.
vi.setConfig({ testTimeout: 180_000 })

const running: Demo[] = []

function start(...args: readonly string[]): Demo {
  const demo = runDemo(args)
  running.push(demo)
  return demo
}

afterEach(() => {
  for (const demo of running.splice(0)) demo.remove()
})

test('the badly moved shop: every planted fault is found by the check meant for it, and nothing else', async () => {
  const demo = start()
  expect(await demo.ended, demo.said()).toBe(0)
  expect(demo.said()).toContain('verify exited 1, as it should.')
  expect(demo.said()).toContain(`${FAULTS.length} faults were planted, ${FAULTS.length} found`)
  for (const { name, story, check } of FAULTS)
    expect(demo.said().replace(/ +/g, ' ')).toContain(` found ${name}: ${story}\n ${check} `)
  // Up to here there are paths, as long as the temporary folder's name.
  const end = demo.said().slice(demo.said().indexOf('verify exited'))
  expect(end.split('\n').filter((line) => line.length > 80)).toEqual([])
  expect(demo.said()).not.toContain('Said, but not planted')
  expect(demo.said()).toContain('What to try next')
  expect(demo.leftovers()).toEqual([])
})

test('the well moved shop: no finding', async () => {
  const demo = start('--healthy')
  expect(await demo.ended, demo.said()).toBe(0)
  expect(demo.said()).toContain('verify exited 0, as it should.')
  expect(demo.said()).toContain('no finding: the shop is whole.')
  expect(demo.leftovers()).toEqual([])
})

test('--keep leaves the servers up until Ctrl-C, and the command it prints works', async () => {
  const demo = start('--keep')
  await demo.says('The servers stay up until you press Ctrl-C')
  await demo.says('ls ')
  const command = /^ {2}node (bin\/run\.js verify checks\/demo --env-file \S+)$/m.exec(demo.said())?.[1]
  const again = promisify(execFile)(process.execPath, (command ?? '').split(' '), { cwd: PROJECT })
  await expect(again).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining('avatars-on-disk') })
  demo.interrupt()
  expect(await demo.ended, demo.said()).toBe(0)
  expect(demo.leftovers()).toEqual([])
})

test.each([
  ['while the shop is built', 'postflight demo:'],
  ['while verify runs', '$ postflight verify checks/demo'],
])('Ctrl-C %s cleans up', async (_, text) => {
  const demo = start()
  await demo.says(text)
  demo.interrupt()
  expect(await demo.ended, demo.said()).toBe(130)
  expect(demo.said()).toContain('stopping the servers')
  expect(demo.leftovers()).toEqual([])
})

test('an unknown option says what there is', async () => {
  const demo = start('--helthy')
  expect(await demo.ended).toBe(2)
  expect(demo.said()).toContain('npm run demo -- --healthy')
})
