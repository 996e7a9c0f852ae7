/** Checks and kinds made up for a test: they are what the engine takes in, not stand-ins for a server. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { CheckEnd, GateConfig, RunEvent } from '../../src/engine/events.js'
import { run } from '../../src/engine/run.js'
import type { RunOptions } from '../../src/engine/run-options.js'
import type { Level } from '../../src/judge/matcher.js'
import type { Check, Context, Finding, Observation, Sighting, SubjectSpec } from '../../src/kinds/kind.js'
import { createRedactor } from '../../src/lib/redact.js'
import { createLocalVantage } from '../../src/vantage/local.js'
import { matcherOf } from '../judge/matcher-of.js'

export const SUBJECTS: SubjectSpec[] = [
  { name: 'rows', type: 'count', meaning: '' },
  { name: 'missing', type: 'count', of: 'rows', meaning: '' },
  { name: 'orphaned', type: 'count', meaning: '' },
]

export type Observer = (context: Context, check: Check) => AsyncGenerator<Sighting, Observation, void>

const PLACE = { file: 'checks.yaml', line: 1, column: 1, text: '  - id: x' }

export interface Fake extends Partial<Omit<Check<Observer>, 'assertions' | 'spec'>> {
  readonly id: string
  readonly observe?: Observer
  readonly expect?: Record<string, unknown>
  readonly warn?: Record<string, unknown>
}

export function sees(subjects: Observation['subjects'], more: Partial<Observation> = {}): Observer {
  // biome-ignore lint/correctness/useYield: an observer with nothing to yield
  return async function* () {
    return { subjects, ...more }
  }
}

export const finding = (key: string, name = 'missing'): Finding => ({ finding: name, key })
export const findings = (...keys: string[]): Sighting => ({
  type: 'findings',
  findings: keys.map((key) => finding(key)),
})

export function fake({ observe = sees({ missing: 0 }), expect, warn, ...rest }: Fake): Check<Observer> {
  const assertions = (level: Level, says: Record<string, unknown> = {}) =>
    Object.entries(says).map(([subject, raw]) => {
      const spec = SUBJECTS.find((one) => one.name === subject)
      if (spec === undefined) throw new Error(`no subject ${subject}`)
      return { level, subject, matcher: matcherOf(raw, spec), origin: 'file' as const }
    })
  return {
    kind: 'fake',
    owner: 'team',
    severity: 'high',
    remediation: 'Mend it.',
    tags: [],
    timeoutMs: 20_000,
    requires: [],
    from: 'local',
    uses: [],
    place: PLACE,
    locate: ({ path, offset }) => ({ ...PLACE, line: 100 + (offset ?? 0), text: path.join('.') }),
    ...rest,
    assertions: [...assertions('expect', expect ?? { missing: 0 }), ...assertions('warn', warn)],
    spec: observe,
  }
}

export const GATE: GateConfig = {
  failOn: 'low',
  warnings: 'allow',
  unevaluated: 'block',
  minChecks: 1,
  allowEmpty: false,
}

const nothing = () => {
  throw new Error('this test opens no connection')
}

/** A directory of the test's own, removed behind it. */
export function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'postflight-test-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

export async function runFakes(fakes: readonly Fake[], options: Partial<RunOptions> = {}) {
  const events: RunEvent[] = []
  const bugs: [string, unknown][] = []
  const checks = fakes.map(fake)
  const end = await run({
    run: 'run-1',
    host: 'test',
    versions: { postflight: '0', node: '0' },
    files: ['checks.yaml'],
    selection: [],
    warnings: [],
    checks,
    allIds: new Set(checks.map((check) => check.id)),
    kindOf: (name) =>
      name === 'fake'
        ? {
            subjects: () => SUBJECTS,
            plan: () => [{ what: 'look' }],
            load: async () => ({ observe: (check: Check<Observer>, context: Context) => check.spec(context, check) }),
          }
        : undefined,
    seenFrom: () => ({
      connections: {
        postgres: nothing,
        sql: nothing,
        store: nothing,
        redis: nothing,
        bucket: nothing,
        writer: nothing,
      },
      vantage: createLocalVantage({ env: {} }),
      vantageAt: nothing,
      offer: nothing,
    }),
    allowed: { commands: false, writes: false },
    gate: GATE,
    waivers: [],
    redactor: createRedactor([]),
    onBug: (check, error) => bugs.push([check, error]),
    concurrency: 4,
    limitOf: () => undefined,
    interrupt: new AbortController().signal,
    now: () => new Date(),
    scratchRoot: scratch(),
    showData: false,
    ...options,
    emit: (event) => {
      events.push(structuredClone(event))
      return options.emit?.(event)
    },
  })
  const ends = new Map(events.flatMap((event) => (event.type === 'check:end' ? [[event.id, event] as const] : [])))
  const endOf = (id: string): CheckEnd => {
    const found = ends.get(id)
    if (found === undefined) throw new Error(`${id} did not end`)
    return found
  }
  const outcomes = Object.fromEntries([...ends].map(([id, one]) => [id, one.outcome]))
  return { end, events, bugs, endOf, outcomes, types: events.map((event) => event.type) }
}
