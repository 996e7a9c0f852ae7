/** The README's commands and its check file are tried by people first; they must not lead them astray. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FAULTS } from '../../fixtures/shop/faults.js'
import { generateShop } from '../../fixtures/shop/generate.js'
import { PROJECT } from '../../fixtures/shop/run-verify.js'
import { kinds } from '../../src/kinds/index.js'
import { told } from '../spec/load.js'

const readme = await readFile(join(PROJECT, 'README.md'), 'utf8')

test.each(['npm ci && npm run demo', 'npm ci && npm test'])('has the command `%s` on a line of its own', (command) => {
  expect(readme.split('\n')).toContain(command)
})

test('its check file holds, warnings as errors', async () => {
  const example = /^```yaml\n(version: 1\n.*?)^```$/ms.exec(readme)?.[1] ?? ''
  const options = { kinds, strict: true, env: { DATABASE_URL: 'postgres://db/shop' } }
  expect(example).toContain('checks:')
  expect((await told({ 'a.yaml': example }, options)).text).toBe('')
})

test('its report shows what the demo still plants', () => {
  const shop = generateShop()
  const shown = FAULTS.filter(({ check }) => check === 'avatars-on-disk' || check === 'invoices-on-disk')
  expect(shown).toHaveLength(2)
  for (const { subject, actual } of shown.flatMap((fault) => fault.expected(shop)))
    expect(readme).toMatch(new RegExp(`✖ ${subject} +│ 0 +│ ${actual.toLocaleString('en-US')} `))
})

test('every file it points to is there', async () => {
  const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map((match) => match[1] ?? '')
  expect(links.length).toBeGreaterThan(3)
  for (const link of links) await expect(readFile(join(PROJECT, link)), link).resolves.toBeDefined()
})
