/** Each format is read by what reads it elsewhere: a schema, a grammar, a parser. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import parsePrometheus from 'parse-prometheus-text-format'
import { Parser } from 'tap-parser'
import { describe, expect, it } from 'vitest'
import { validateXML } from 'xmllint-wasm'
import type { RunEvent } from '../../src/engine/events.js'
import { type ReporterName, reporters } from '../../src/reporters/index.js'
import { floodedRun, hostileRun, widenedRun } from './hostile-run.js'
import { RUNS, recorded, render } from './support.js'

const SCHEMAS = join(import.meta.dirname, '../../fixtures/reporters/schemas')

const WORLDS: readonly (readonly [name: string, events: () => readonly RunEvent[]])[] = [
  ...RUNS.map((name) => [name, () => recorded(name)] as const),
  ['with hostile text in every field', () => hostileRun],
  ['with 100,000 findings', () => floodedRun(100_000)],
]

const told = async (name: ReporterName, events: readonly RunEvent[], options = {}) =>
  render(events, await reporters[name].load(), options)

/** Jenkins has added these two to its schema since. */
async function junitSchema(): Promise<string> {
  const text = await readFile(join(SCHEMAS, 'jenkins-junit.xsd'), 'utf8')
  return text
    .replace(
      '<xs:attribute name="classname"',
      '<xs:attribute name="file" type="xs:string" use="optional"/>\n<xs:attribute name="classname"',
    )
    .replace(
      '<xs:element name="skipped" type="xs:string"/>',
      '<xs:element name="skipped"><xs:complexType mixed="true"><xs:attribute name="message" type="xs:string" use="optional"/></xs:complexType></xs:element>',
    )
}

async function sarifErrors(text: string): Promise<unknown> {
  const {
    $schema: _,
    id: __,
    ...schema
  } = JSON.parse(await readFile(join(SCHEMAS, 'sarif-2.1.0-rtm.5.json'), 'utf8')) as Record<string, unknown>
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false })
  formats.default(ajv)
  const validate = ajv.compile(schema)
  return validate(JSON.parse(text)) ? [] : validate.errors
}

function tapOf(text: string) {
  const points: { ok: boolean; name: string; skip?: unknown; todo?: unknown; diag?: Record<string, unknown> }[] = []
  const extra: string[] = []
  const parser = new Parser({ strict: true })
  parser.on('assert', (point) => points.push(point))
  parser.on('extra', (line: string) => extra.push(line))
  let bailed: unknown
  parser.on('bailout', (reason: unknown) => {
    bailed = reason
  })
  parser.end(text)
  return {
    points,
    extra,
    bailed,
    failures: parser.failures.filter(({ tapError }) => tapError !== null),
    plan: parser.planEnd,
  }
}

describe.each(WORLDS)('of the run %s', (_, events) => {
  it('JUnit is valid by the schema of Jenkins', async () => {
    const xml = await told('junit', events())
    const { valid, errors } = await validateXML({
      xml: { fileName: 'junit.xml', contents: xml },
      schema: { fileName: 'junit.xsd', contents: await junitSchema() },
    })
    expect(errors).toEqual([])
    expect(valid).toBe(true)
    expect(Buffer.byteLength(xml)).toBeLessThan(30_000_000)
  })

  it('SARIF is valid by its schema', async () => {
    expect(await sarifErrors(await told('sarif', events()))).toEqual([])
  })

  it('TAP is read by a strict parser, without a line that is none', async () => {
    const { extra, failures, points, plan } = tapOf(await told('tap', events()))
    expect(extra).toEqual([])
    expect(failures).toEqual([])
    expect(points).toHaveLength(plan)
  })

  it('TAP has a directive where a check is skipped or waived, and none that a name brings along', async () => {
    const run = events()
    const { points } = tapOf(await told('tap', run))
    const ended = (outcome: string) => run.filter((event) => event.type === 'check:end' && event.outcome === outcome)
    expect(points.filter(({ todo }) => todo !== false)).toHaveLength(ended('waived').length)
    expect(points.filter(({ skip }) => skip !== false)).toHaveLength(ended('skip').length)
  })

  it('Prometheus text is read by its parser', async () => {
    const text = await told('prometheus', events())
    expect(text.endsWith('\n')).toBe(true)
    const families = parsePrometheus(text)
    expect(families.length).toBeGreaterThan(3)
    const series = families.flatMap(({ name, metrics }) =>
      metrics.map(({ labels }) => `${name} ${JSON.stringify(labels)}`),
    )
    expect(new Set(series).size).toBe(series.length)
    expect(families.map(({ type }) => type)).toEqual(families.map(() => 'GAUGE'))
  })

  it('Code Quality has what GitLab requires', async () => {
    const issues = JSON.parse(await told('gitlab', events())) as Record<string, unknown>[]
    for (const issue of issues)
      expect(issue).toMatchObject({
        description: expect.stringMatching(/./),
        check_name: expect.stringMatching(/./),
        fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
        severity: expect.stringMatching(/^(info|minor|major|critical|blocker)$/),
        location: { path: expect.stringMatching(/^[^./]/), lines: { begin: expect.any(Number) } },
      })
    expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(issues.length)
  })

  it('GitHub gets nothing but commands, within its limits', async () => {
    const lines = (await told('github', events())).split('\n').slice(0, -1)
    for (const line of lines) expect(line).toMatch(/^::(error|warning|notice) (\w+=[^:,\r\n]*,?)+::[^\r\n]+$/)
    for (const level of ['error', 'warning', 'notice'])
      expect(lines.filter((line) => line.startsWith(`::${level} `)).length, level).toBeLessThanOrEqual(10)
  })

  it('a plugin of Nagios says its state in one line, and has performance data in no other', async () => {
    const text = await told('nagios', events())
    const [first = '', ...rest] = text.split('\n')
    expect(first).toMatch(/^POSTFLIGHT (OK|WARNING|CRITICAL|UNKNOWN): [^|]+ \| /)
    for (const value of (first.split(' | ')[1] ?? '').split(' '))
      expect(value).toMatch(/^[a-z_]+=\d+(\.\d+)?s?;\d*;\d*;\d*;?\d*$/)
    expect(rest.join('\n')).not.toContain('|')
    expect(Buffer.byteLength(text)).toBeLessThan(8192)
  })

  it('Markdown fits the summary of a step', async () => {
    const text = await told('markdown', events())
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1024 * 1024)
    const running = text.replace(/^(`{3,})text\n.*?\n\1$/gms, '').replace(/(`+)[^`].*?\1/g, '')
    expect(running).not.toMatch(/(?<!\\)<(?!!-- -->|https:)/)
    expect(running).not.toMatch(/@(?!<)|(?<!\\)\[/)
  })
})

describe('a run of more checks than a format takes', () => {
  const wide = widenedRun(1500, 60)
  const many = widenedRun(25_100, 0)

  it('JUnit stays below what GitLab takes, tells every check, and says what is cut', async () => {
    const text = await told('junit', wide)
    expect(Buffer.byteLength(text)).toBeLessThan(30_000_000)
    expect(text.match(/<testcase /g)).toHaveLength(1500)
    expect(text).toMatch(/of \d+ checks only the outcome is told/)
  })

  it('SARIF has no more than GitHub takes, and says what is left out', async () => {
    const text = await told('sarif', wide)
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(10_000_000)
    expect(text).toMatch(/of \d+ checks no more than the outcome is told/)
    const [run] = JSON.parse(await told('sarif', many)).runs
    expect(run.results.length).toBeLessThanOrEqual(25_000)
    expect(run.results.length).toBe(run.tool.driver.rules.length)
    expect(JSON.stringify(run.invocations)).toMatch(/\d+ checks are left out, the least severe/)
  })

  it('Markdown says of how many checks the details are left out', async () => {
    const text = await told('markdown', many)
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1024 * 1024)
    expect(text).toMatch(/\d+ checks are left out of the table/)
  })

  it('GitHub says how many annotations are left out', async () => {
    expect(await told('github', many)).toMatch(/and 25090 warnings more/)
  })

  it('Nagios says how many lines there is no room for', async () => {
    expect(await told('nagios', many)).toMatch(/and 25\d{3} more lines/)
  })
})
