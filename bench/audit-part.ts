/** The findings of a recorded run, as a part of the one table: what opening them and asking for some of them costs. */
import { execFileSync } from 'node:child_process'
import { rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'
import type { Step } from './audit-process.js'
import { writeRun } from './audit-run.js'
import { atMost, type Figure, median, type Part } from './figures.js'

export interface AuditPartOptions {
  readonly sizes: readonly number[]
  readonly rounds: number
  readonly directory: string
  readonly env: NodeJS.ProcessEnv
  readonly say: (text: string) => void
}

/** What is promised of the whole audit; here without its views. */
const OPEN_SECONDS = 2
const PEAK_MIB = 238
const PROMISED = 1_000_000

export async function measureAudit({ sizes, rounds, directory, env, say }: AuditPartOptions): Promise<Part> {
  const bundled = path.join(directory, 'audit-process.mjs')
  await build({
    entryPoints: [path.join(import.meta.dirname, 'audit-process.ts')],
    outfile: bundled,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  })
  const figures: Figure[] = []
  const promises: Part['promises'][number][] = []
  for (const size of sizes) {
    const run = path.join(directory, 'run.ndjson')
    try {
      await writeRun(run, size)
      say(`audit, ${size} findings, ${(statSync(run).size / 2 ** 20).toFixed(0)} MiB`)
      const took = Array.from({ length: rounds }, () => stepsOf(bundled, run, env))
      const own = (took[0] ?? []).map((_, at) =>
        figureOf(
          took.map((steps) => steps[at] as Step),
          size,
        ),
      )
      figures.push(...own)
      if (size !== PROMISED) continue
      const what = `audit, ${size.toLocaleString('en')} findings`
      promises.push(
        atMost(`${what}: opened`, own[0]?.wall ?? Number.NaN, OPEN_SECONDS, 's'),
        atMost(`${what}: peak`, Math.max(...own.map(({ peak = Number.NaN }) => peak)), PEAK_MIB, 'MiB'),
      )
    } finally {
      rmSync(run, { force: true })
    }
  }
  return {
    figures,
    promises,
    remarks: ['Of the audit the peak is that of the process so far: each step comes after those above it.'],
  }
}

function stepsOf(bundled: string, run: string, env: NodeJS.ProcessEnv): readonly Step[] {
  const out = execFileSync(process.execPath, [bundled, run], { env, encoding: 'utf8' })
  return out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Step)
}

function figureOf(steps: readonly Step[], size: number): Figure {
  const of = (field: 'wall' | 'cpu' | 'peak' | 'longest'): number => median(steps.map((step) => step[field]))
  const [first] = steps
  return {
    what: `audit, ${first?.what}`,
    size,
    by: 'postflight',
    wall: of('wall'),
    cpu: of('cpu'),
    peak: of('peak'),
    rounds: steps.length,
    note: `${(first?.count ?? 0).toLocaleString('en')} found, no slice over ${of('longest').toFixed(0)} ms`,
  }
}
