// A check as the engine would hand it over, from the kind's own schema, on real connections; and what it came back with.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Connections, openConnections } from '../../../src/connections/connections.js'
import { connectionSchema } from '../../../src/connections/schema.js'
import type { Assertion, MatcherInput } from '../../../src/judge/matcher.js'
import { parseMatcher } from '../../../src/judge/parse-matcher.js'
import { artifacts } from '../../../src/kinds/artifacts/kind.js'
import { observe, recheck } from '../../../src/kinds/artifacts/observe.js'
import { type ArtifactsSpec, artifactsSchema } from '../../../src/kinds/artifacts/schema.js'
import type { Check, Context, Finding, Observation, Rechecked, Sighting, SubjectSpec } from '../../../src/kinds/kind.js'
import { openers } from '../../support/openers.js'

export interface World {
  readonly connections: Connections
  readonly scratch: string
  readonly close: () => Promise<void>
}

export function openWorld(specs: Readonly<Record<string, unknown>>): World {
  const parsed = Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, connectionSchema.parse(spec)]))
  const scratch = mkdtempSync(join(tmpdir(), 'postflight-artifacts-'))
  const connections = openConnections(parsed, { openers, env: {}, version: 'test', scratch })
  return {
    connections,
    scratch,
    close: async () => {
      await connections.closeAll()
      rmSync(scratch, { recursive: true, force: true })
    },
  }
}

type Expect = Readonly<Record<string, MatcherInput>>

export function checkOf(fields: unknown, expected: Expect = {}): Check<ArtifactsSpec> {
  const spec = artifactsSchema.parse(fields)
  const subjects = artifacts.subjects(spec)
  const place = { file: 'checks.yaml', line: 1, column: 1, text: '' }
  return {
    id: 'files',
    kind: 'artifacts',
    owner: 'team',
    severity: 'high',
    remediation: 'copy them',
    tags: [],
    timeoutMs: 60_000,
    requires: [],
    from: 'local',
    assertions: assertionsOf(subjects, expected),
    spec,
    uses: artifacts.uses(spec),
    place,
    locate: () => place,
  }
}

function assertionsOf(subjects: readonly SubjectSpec[], expected: Expect): Assertion[] {
  return subjects.flatMap((subject): Assertion[] => {
    const own = expected[subject.name]
    const from = own === undefined ? subject.default : { level: 'expect' as const, matcher: own }
    if (from === undefined) return []
    const parsed = parseMatcher(from.matcher, subject)
    if (!parsed.ok) throw new Error(parsed.message)
    const origin = own === undefined ? 'default' : 'file'
    return [{ level: from.level, subject: subject.name, matcher: parsed.matcher, origin }]
  })
}

export interface Seen extends Observation {
  readonly findings: readonly Finding[]
  readonly stages: readonly string[]
  /** Findings as `class key`, sorted. */
  readonly told: readonly string[]
}

export function contextOf(world: World, change: Partial<Context> = {}): Context {
  return {
    ...world.connections.seenFrom('local'),
    allowed: { commands: false, writes: false },
    signal: new AbortController().signal,
    scratch: world.scratch,
    now: () => new Date(),
    showData: false,
    ...change,
  }
}

export async function see(
  world: World,
  fields: unknown,
  options: {
    readonly expect?: Expect
    readonly context?: Partial<Context>
    readonly during?: (sighting: Sighting) => Promise<void> | void
  } = {},
): Promise<Seen> {
  const findings: Finding[] = []
  const stages = new Set<string>()
  const running = observe(checkOf(fields, options.expect), contextOf(world, options.context))
  for (;;) {
    const next = await running.next()
    if (next.done) {
      const told = findings.map(({ finding, key }) => (key === undefined ? finding : `${finding} ${key}`)).sort()
      return { ...next.value, findings, told, stages: [...stages] }
    }
    if (next.value.type === 'findings') findings.push(...next.value.findings)
    else if (next.value.stage !== undefined) stages.add(next.value.stage)
    await options.during?.(next.value)
  }
}

export async function seeAgain(
  world: World,
  fields: unknown,
  findings: readonly Finding[],
  expect: Expect = {},
  context: Partial<Context> = {},
): Promise<readonly Rechecked[]> {
  return recheck(checkOf(fields, expect), findings, contextOf(world, context))
}
