// Takes records and holds runs against them, in this process: what `snapshot` and `verify --baseline` run.
import { PassThrough } from 'node:stream'
import { runRequestOf } from '../../src/cli/run-request.js'
import { snapshotRequestOf } from '../../src/cli/snapshot/request.js'
import { snapshot } from '../../src/cli/snapshot/snapshot.js'
import { verify } from '../../src/cli/verify.js'
import type { CheckEnd, CheckFinding, RunEvent } from '../../src/engine/events.js'
import type { Finding } from '../../src/kinds/kind.js'
import { UsageError } from '../../src/lib/errors.js'

const FLAGS = {
  strict: false,
  'no-baseline': false,
  'allow-commands': false,
  'allow-writes': false,
  'fail-on-warn': false,
  'allow-empty': false,
  'show-data': false,
  quiet: true,
  color: false,
  debug: false,
}

/** A directory with a `postflight.yaml`, and the environment it is read in. */
export interface Here {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

export interface Ended {
  readonly code: number
  readonly stdout: string
  /** What was refused, in words. */
  readonly refused?: string
}

export async function take(here: Here, flags: Partial<Parameters<typeof snapshotRequestOf>[0]> = {}): Promise<Ended> {
  return ending(here, (world) => {
    const asked = snapshotRequestOf({ ...FLAGS, json: true, force: false, output: 'before.snapshot', ...flags })
    return snapshot({ ...asked, files: ['postflight.yaml'] }, world)
  })
}

export interface Held extends Ended {
  readonly events: readonly RunEvent[]
  readonly ends: Readonly<Record<string, CheckEnd>>
  readonly findings: Readonly<Record<string, readonly Finding[]>>
}

export async function holdAgainst(here: Here, flags: Partial<Parameters<typeof runRequestOf>[0]> = {}): Promise<Held> {
  const ended = await ending(here, (world) => {
    const asked = runRequestOf({ ...FLAGS, baseline: 'before.snapshot', ...flags }, [{ name: 'ndjson' }])
    return verify({ ...asked, files: ['postflight.yaml'] }, world)
  })
  const lines = ended.stdout.split('\n').filter((line) => line.startsWith('{"v":1'))
  const events = lines.map((line) => JSON.parse(line) as RunEvent)
  const ends = events.filter((event): event is CheckEnd => event.type === 'check:end')
  const found = events.filter((event): event is CheckFinding => event.type === 'check:finding')
  return {
    ...ended,
    events,
    ends: Object.fromEntries(ends.map((end) => [end.id, end])),
    findings: Object.fromEntries(
      ends.map(({ id }) => [id, found.filter((event) => event.id === id).map(({ finding }) => finding)]),
    ),
  }
}

type World = Parameters<typeof verify>[1]

async function ending({ cwd, env }: Here, run: (world: World) => Promise<{ readonly code: number }>): Promise<Ended> {
  let stdout = ''
  const out = new PassThrough().on('data', (chunk) => {
    stdout += chunk
  })
  try {
    const { code } = await run({
      cwd,
      env: { LANG: 'C.UTF-8', COLUMNS: '80', ...env },
      version: '0.0.0',
      stdout: out,
      stderr: new PassThrough().resume(),
      signals: { on: () => undefined, off: () => undefined, exit: () => undefined },
      atExit: () => undefined,
      hideSecrets: () => undefined,
    })
    return { code, stdout }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return { code: 2, stdout, refused: [error.message, ...error.suggestions].join('\n') }
  }
}
