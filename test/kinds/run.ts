/** Runs one kind's observer the way the engine does, without the engine. */
import type * as z from 'zod'
import type { Check, Context, Finding, Kind, Observation, Observe } from '../../src/kinds/kind.js'
import type { PostgresSource } from '../../src/postgres/source.js'
import type { PostgresWriter } from '../../src/postgres/writer.js'
import type { RedisSource } from '../../src/redis/source.js'
import type { SqlSource } from '../../src/sql/source.js'
import type { BucketSource } from '../../src/stores/s3/bucket.js'
import { createLocalVantage } from '../../src/vantage/local.js'
import type { VantageSpec } from '../../src/vantage/schema.js'
import type { Vantage } from '../../src/vantage/vantage.js'
import type { Allowed } from '../../src/writes/allowed.js'

export interface Ran {
  readonly observation: Observation
  readonly findings: readonly Finding[]
  /** The largest batch of findings handed over at once. */
  readonly largest: number
}

export interface RunOptions {
  readonly postgres?: PostgresSource
  /** Where the check has several. */
  readonly postgresOf?: (name: string) => PostgresSource
  /** A database of another engine, for kinds that take any. */
  readonly sql?: SqlSource
  readonly sqlOf?: (name: string) => SqlSource
  readonly scratch?: string
  readonly redis?: RedisSource
  readonly bucket?: BucketSource
  readonly writer?: PostgresWriter
  readonly vantage?: Vantage
  readonly vantageAt?: (from: VantageSpec) => Vantage
  readonly allowed?: Allowed
  /** Of the check, besides its spec. */
  readonly check?: Partial<Check>
  readonly signal?: AbortSignal
  readonly now?: () => Date
  readonly showData?: boolean
}

export function checkOf<Schema extends z.ZodObject>(
  kind: Kind<string, Schema>,
  spec: unknown,
): Check<z.output<Schema>> {
  const parsed = kind.schema.parse(spec)
  return {
    id: 'it',
    kind: kind.name,
    owner: 'me',
    severity: 'high',
    remediation: 'fix it',
    tags: [],
    timeoutMs: 30_000,
    requires: [],
    from: 'local',
    assertions: [],
    spec: parsed,
    uses: kind.uses(parsed),
    place: { file: 'it.yaml', line: 1, column: 1, text: '' },
    locate: () => ({ file: 'it.yaml', line: 1, column: 1, text: '' }),
  }
}

export function contextOf(options: RunOptions): Context {
  const { postgres, redis, bucket, vantage, allowed, signal, showData } = options
  const local = createLocalVantage({ env: process.env })
  return {
    vantage: vantage ?? local,
    vantageAt: options.vantageAt ?? (() => local),
    offer: () => undefined,
    allowed: allowed ?? { commands: false, writes: false },
    signal: signal ?? new AbortController().signal,
    connections: {
      postgres: options.postgresOf ?? (() => given(postgres)),
      sql: (name) => options.sql ?? (options.sqlOf ?? options.postgresOf ?? (() => given(postgres)))(name),
      redis: () => given(redis),
      bucket: () => given(bucket),
      writer: () => given(options.writer),
      store: () => {
        throw new Error('this kind uses no store')
      },
    },
    scratch: options.scratch ?? '/nowhere',
    now: options.now ?? (() => new Date(0)),
    showData: showData ?? false,
  }
}

function given<T>(source: T | undefined): T {
  if (source === undefined) throw new Error('this test has no such connection')
  return source
}

export async function runKind<Schema extends z.ZodObject>(
  kind: Kind<string, Schema>,
  spec: unknown,
  options: RunOptions,
): Promise<Ran> {
  const { observe } = (await kind.load()) as { readonly observe: Observe<z.output<Schema>> }
  const sightings = observe({ ...checkOf(kind, spec), ...(options.check as object) }, contextOf(options))
  const findings: Finding[] = []
  let largest = 0
  for (;;) {
    const step = await sightings.next()
    if (step.done === true) return { observation: step.value, findings, largest }
    if (step.value.type !== 'findings') continue
    largest = Math.max(largest, step.value.findings.length)
    findings.push(...step.value.findings)
  }
}
