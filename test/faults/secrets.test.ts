/**
 * That nothing secret of the kinds around the data comes out, and nothing hostile comes through raw: passwords, values of
 * an environment, bodies, what commands print, what files hold; in every format, and also where everything fails.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commandsIn, filesBelow, SECRETS, secretsIn, spellings, UNSHOWN } from '../cli/leaks-world.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { directoryOf, runCli } from '../support/run-cli.js'
import { startWorld, type World } from './secrets-world.js'

const FILES = ['table:table.txt', 'plain:plain.txt', 'json:run.json', 'ndjson:run.ndjson']

let database: TestDatabase
let place: ReturnType<typeof directoryOf>
let world: World

beforeAll(async () => {
  database = await createDatabase()
  place = directoryOf()
  world = await startWorld(place.path, database.url)
  writeFileSync(join(place.path, 'postflight.yaml'), world.text)
})
afterAll(async () => {
  await world.off()
  await database.drop()
  place.remove()
})

async function everything(name: string, args: readonly string[]) {
  const cwd = join(place.path, name)
  mkdirSync(cwd)
  const result = await runCli(args, { cwd, env: { ...world.env, LANG: 'C.UTF-8' } })
  const files = [...filesBelow(cwd)].map(([file, bytes]) => ({ name: file, text: bytes.toString('utf8') }))
  const texts = [{ name: 'stdout', text: result.stdout }, { name: 'stderr', text: result.stderr }, ...files]
  return { ...result, texts }
}

function holdsNothing({ texts }: Awaited<ReturnType<typeof everything>>): void {
  for (const { name, text } of texts) {
    expect.soft(secretsIn(text, false), `secrets in ${name}`).toEqual([])
    const unshown = spellings(UNSHOWN).filter((one) => text.includes(one))
    expect.soft(unshown, `values in ${name}`).toEqual([])
    if (!/\.(txt|nul)$/.test(name) || name === 'table.txt' || name === 'plain.txt') {
      expect.soft(commandsIn(text), `commands in ${name}`).toEqual([])
    }
  }
}

const flags = (reporter: string) => [...FILES, reporter].flatMap((one) => ['--reporter', one])

describe.each([
  ['other sides that give back what they are told', 'on'],
  ['other sides that are gone', 'off'],
] as const)('from %s', (_, state) => {
  beforeAll(async () => {
    if (state === 'off') await world.off()
  })

  test.each(['table', 'plain', 'json', 'ndjson'])('nothing secret or hostile comes out as %s', async (reporter) => {
    const args = ['verify', '../postflight.yaml', ...flags(reporter), '--findings', 'found', '--debug']
    const run = await everything(`${state}-${reporter}`, [...args, '--allow-commands', '--allow-writes'])
    expect(run.code, run.stderr).toBe(1)
    holdsNothing(run)
    const report = JSON.parse(run.texts.find(({ name }) => name === 'run.json')?.text ?? '')
    const passed = report.checks.filter((check: { outcome: string }) => check.outcome === 'pass')
    expect(passed.map((check: { id: string }) => check.id)).toEqual([])
    // Otherwise they could not have come back.
    if (state === 'on') {
      for (const secret of [SECRETS.env, JSON.stringify(SECRETS.s3).slice(1, -1), SECRETS.basic]) {
        expect(world.told()).toContain(secret)
      }
    }
  })
})
