/** Writes check files to a directory of its own and loads them with the kinds of these tests. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Issue, SpecError } from '../../src/spec/issue.js'
import { type LoadedSpec, type LoadOptions, loadSpec } from '../../src/spec/load.js'
import { renderIssues } from '../../src/spec/render.js'
import { kinds } from './kinds.js'

export type Files = Readonly<Record<string, string>>

export const NOW = new Date('2026-06-15T12:00:00Z')

/** The files below a directory that goes when the test ends. */
export async function write(files: Files): Promise<string> {
  const cwd = await mkdtemp(join(tmpdir(), 'postflight-spec-'))
  onTestFinished(() => rm(cwd, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, name)), { recursive: true })
    await writeFile(join(cwd, name), text)
  }
  return cwd
}

export async function load(files: Files, options: Partial<LoadOptions> = {}, roots = ['a.yaml']): Promise<LoadedSpec> {
  const cwd = await write(files)
  return loadSpec(roots, { cwd, env: {}, vars: {}, strict: false, kinds, now: NOW, ...options })
}

export interface Told {
  readonly issues: readonly Issue[]
  /** As people read them. */
  readonly text: string
}

/** What is told about files that do not hold. */
export async function told(files: Files, options: Partial<LoadOptions> = {}, roots = ['a.yaml']): Promise<Told> {
  try {
    const spec = await load(files, options, roots)
    return { issues: spec.warnings, text: renderIssues(spec.warnings) }
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    return { issues: error.issues, text: renderIssues(error.issues) }
  }
}

/** A check file around some checks, on lines of their own; `checks:` is line 5, the first check line 6. */
export function around(checks: string, top = ''): string {
  return `version: 1
${top === '' ? '# nothing' : top}
connections: { main: { type: postgres, host: db }, media: { type: files, root: /srv } }
defaults: { owner: me, severity: high, remediation: Look. }
checks:
${checks}`
}
