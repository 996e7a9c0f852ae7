/** docs/audit.md: the page is written by hand, its views and its keys are made from the code. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunEvent } from '../../src/engine/events.js'
import { presentArtifact } from '../../src/kinds/artifacts/present.js'
import type { Finding, Rechecked } from '../../src/kinds/kind.js'
import type { Runner } from '../../src/tui/desk.js'
import { keyText } from '../../src/tui/key-meaning.js'
import { BINDINGS, SECTIONS } from '../../src/tui/keys.js'
import type { Size } from '../../src/tui/model.js'
import { memoryDesk } from '../support/audit-desk.js'
import { filled } from '../support/filled.js'
import { drive } from './driver.js'

const PAGE = 'docs/audit.md'

interface View {
  readonly keys: readonly string[]
  readonly size?: Size
  /** Where the run goes on in this process, what looking at a finding again comes to. */
  readonly again?: Rechecked
}

const AGAIN: Rechecked = {
  stands: false,
  now: [],
  sides: [
    { side: 'rows', where: 'main', there: true, facts: { rows: 2, size: 734_003_200 } },
    {
      side: 'store',
      where: 'uploads (/srv/shop/uploads)',
      there: true,
      facts: {
        size: 734_003_200,
        modified: '2026-11-23T15:12:44.000Z',
        type: 'a file',
        mode: 'rw-r-----',
        owner: '33:33',
      },
    },
  ],
}

/** The name of each stands in the page, in a comment before its place. */
const VIEWS: Readonly<Record<string, View>> = {
  overview: { keys: [] },
  check: { keys: ['enter'], size: { columns: 80, rows: 30 } },
  findings: { keys: ['3'] },
  directories: { keys: ['4'] },
  evidence: { keys: ['3', 'j', 'j', 'enter', 'm', ...'asked Dana', 'enter'] },
  again: { keys: ['e', 'e', '3', 't', 't', 't', 'enter', 'v'], again: AGAIN },
  snippet: { keys: ['3', 't', 't', 'K'] },
  export: { keys: ['3', 't', 'x'] },
  narrow: { keys: ['d', 'd', 'd'], size: { columns: 60, rows: 15 } },
}

export async function auditPage(root: string): Promise<readonly [path: string, text: string]> {
  let text = await readFile(join(root, PAGE), 'utf8')
  const recording = await readFile(join(root, 'fixtures/reporters/mixed.ndjson'), 'utf8')
  const events = recording
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent)
  for (const [name, view] of Object.entries(VIEWS)) text = filled(text, name, await captured(events, view), PAGE)
  return [PAGE, filled(text, 'keys', keyTable(), PAGE)]
}

async function captured(
  events: readonly RunEvent[],
  { keys, size = { columns: 80, rows: 24 }, again }: View,
): Promise<string> {
  const runner = again === undefined ? {} : { runner: runnerOf(again) }
  const desk = { ...memoryDesk(events, runner), present: (_: string, finding: Finding) => presentArtifact(finding) }
  const audit = drive(desk, { size })
  await audit.press(...keys.map((key) => (key === ' ' ? 'space' : key)))
  return ['```text', ...audit.lines(), '```'].join('\n')
}

function runnerOf(again: Rechecked): Runner {
  return {
    isRunning: () => false,
    run: async () => undefined,
    cancel: () => {},
    recheck: async () => again,
    canRecheck: () => true,
    queries: () => [],
  }
}

function keyTable(): string {
  const rows = SECTIONS.flatMap((section) =>
    BINDINGS.filter((binding) => binding.section === section).map(
      ({ keys, label }, index) =>
        `| ${index === 0 ? `**${section}**` : ''} | ${keys.map((key) => `\`${keyText(key)}\``).join(' ')} | ${label} |`,
    ),
  )
  return ['| | keys | what they do |', '| --- | --- | --- |', ...rows].join('\n')
}
