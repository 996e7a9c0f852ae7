import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.js'
import { LATER_KINDS } from '../../src/spec/later.js'
import { ROOT } from '../generated.js'
import { type Files, told } from './load.js'

const HEAD = `version: 1
connections: { main: { type: postgres, host: db }, uploads: { type: files, root: /srv } }
defaults: { owner: team-shop, severity: high, remediation: See the runbook. }
checks:
`

/** Examples that are a list of checks get a file around them; what they include is beside them. */
function fileOf(example: string): string {
  return example.startsWith('- ') ? HEAD + example.replace(/^(?=.)/gm, '  ') : example
}

const text = await readFile(join(ROOT, 'docs/check-files.md'), 'utf8')
const others = await readFile(join(ROOT, 'docs/notify.md'), 'utf8')
const examples = [...`${text}${others}`.matchAll(/^```yaml\n(.*?)^```$/gms)].map((match) => match[1] ?? '')
const pack = examples.find((example) => example.startsWith('# packs/tables.yaml')) ?? ''
const beside: Files = {
  'packs/tables.yaml': pack,
  'more/one.yaml': 'version: 1\n',
}

describe('docs/check-files.md and docs/notify.md', () => {
  test.each(
    examples
      .filter((example) => example !== pack)
      .map((example) => [example.split('\n').slice(0, 3).join(' | '), example]),
  )('%s', async (_name, example) => {
    const files = { ...beside, 'a.yaml': fileOf(example).replace('/run/secrets/s3_key', 's3_key'), s3_key: 'abcdefgh' }
    const options = {
      kinds,
      strict: true,
      env: {
        DATABASE_URL: 'postgres://db/shop',
        STAGE: 'prod',
        SLACK_WEBHOOK: 'https://hooks.slack.com/services/T/B/x',
        PAGERDUTY_KEY: 'abcdefgh',
        MAIL_PASSWORD: 'abcdefgh',
        OLD_PASSWORD: 'abcdefgh',
        OLD_DATABASE_URL: 'mysql://db/shop',
        PING_ADDRESS: 'https://hc-ping.com/x',
      },
      vars: example.includes('min_orders') ? { min_orders: '5' } : {},
    }
    expect((await told(files, options)).text).toBe('')
  })

  test('names every kind there is, and none of them is said to come later', () => {
    for (const name of kinds.names) expect(text).toContain(`(kinds/${name}.md)`)
    expect(kinds.names.filter((name) => (LATER_KINDS as readonly string[]).includes(name))).toEqual([])
  })

  test('its mistake is told as it says', async () => {
    const lines = Array.from({ length: 4 }, () => '#').join('\n')
    const example = `version: 1\n${lines}\nchecks:\n  - id: orders-count\n    expct: { value: { gte: 10 } }\n    kind: sql\n    connection: m\n    sql: select 1\n`
    const { text: shown } = await told({ 'checks/orders.yaml': example }, { kinds }, ['checks/orders.yaml'])
    const [block] = /checks\/orders.yaml:8:5.*?\n.*?\n.*?\n/s.exec(text) ?? []
    expect(shown).toContain(block)
  })
})

describe.each(['docs/wait.md', 'docs/regular-audits.md'])('%s', (page) => {
  test('has check files that lint takes', async () => {
    const written = await readFile(join(ROOT, page), 'utf8')
    const files = [...written.matchAll(/^```yaml\n(version: 1\n.*?)^```$/gms)].map((match) => match[1] ?? '')
    expect(files.length).toBeGreaterThan(0)
    for (const file of files)
      expect(
        (await told({ 'a.yaml': file }, { kinds, strict: true, env: { DATABASE_URL: 'postgres://db' } })).text,
      ).toBe('')
  })
})
