/** Secrets in every field of a run, in every spelling: what comes out of the redactor leaves no reporter any to tell. */
import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/engine/events.js'
import { createRedactor } from '../../src/lib/redact.js'
import { REPORTER_NAMES, reporters } from '../../src/reporters/index.js'
import { SECRETS, secretsIn } from '../cli/leaks-world.js'
import { recorded, render } from './support.js'

/** Words of the event language, which only postflight writes, and names its author gave on purpose. */
const OWN = new Set(['type', 'at', 'id', 'kind', 'run', 'outcome', 'severity', 'level', 'op', 'origin', 'finding'])
const KEPT = new Set([...OWN, 'failOn', 'unevaluated', 'status', 'interrupted', 'requires', 'failed', 'warned'])

/** The shapes in which a secret comes along in a text, a URL, a header, a dump, an answer in JSON. */
function shapesOf(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1)
  const bytes = Buffer.from(secret)
  const within = [0, 1, 2].map((offset) => Buffer.from(`${'u'.repeat(offset)}${secret} and more`).toString('base64'))
  const urls = [encodeURIComponent(secret), encodeURI(secret)]
  return [
    secret,
    json,
    JSON.stringify(json).slice(1, -1),
    ...urls,
    bytes.toString('hex'),
    bytes.toString('base64'),
    ...within,
  ]
}

const LADEN = Object.values(SECRETS).flatMap(shapesOf).join(' ')

function planted(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return KEPT.has(key) ? value : `${value} ${LADEN}`
  if (Array.isArray(value)) return value.map((item) => planted(item, key))
  if (typeof value !== 'object' || value === null) return value
  const names = ['expected', 'actual', 'row'].includes(key)
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [names ? `${name} ${LADEN}` : name, planted(item, name)]),
  )
}

const laden = recorded('mixed').map((event) => planted(event) as RunEvent)
const redactor = createRedactor(Object.entries(SECRETS).map(([name, value]) => ({ name, value })))
const events = laden.map((event) => redactor.event(event))

it('has secrets to begin with', () => {
  expect(secretsIn(JSON.stringify(laden), false)).toEqual(Object.keys(SECRETS))
})

describe.each(REPORTER_NAMES)('%s', (name) => {
  it('tells no secret in any spelling', async () => {
    const files: string[] = []
    const appended = { size: async () => 0, append: async (text: string) => void files.push(text) }
    const github = { summary: appended, output: appended, reports: [redactor.text(`out/${LADEN}`)] }
    const text = await render(events, await reporters[name].load(), { github })
    expect(text).toMatch(/secret (dsn|s3|header)/)
    for (const told of [text, ...files]) expect(secretsIn(told, false)).toEqual([])
  })
})
