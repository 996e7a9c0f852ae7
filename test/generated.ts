/** Files of the project that are made from its code. `npm run generate` writes them; a test holds them current. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { KERNEL_CODE, kernelCode } from '../packaging/kernel.js'
import { ASSETS, pageAssets } from '../packaging/page.js'
import { allKinds, kinds } from '../src/kinds/index.js'
import { subjectsOf } from '../src/kinds/kind.js'
import { buildJsonSchema } from '../src/spec/json-schema.js'
import { kindMarkdown } from '../src/spec/kind-markdown.js'
import { mergeSubjects } from '../src/spec/kind-page.js'
import { loadSpec } from '../src/spec/load.js'
import { INCLUDING, includedPage } from './included.js'
import { reportsPage } from './reporters/reports-page.js'
import { auditPage } from './tui/audit-page.js'

export const ROOT = join(import.meta.dirname, '..')

/** Text by path from the root. */
export async function generatedFiles(): Promise<ReadonlyMap<string, string>> {
  const all = await allKinds()
  const files = new Map([['checks/schema.json', `${JSON.stringify(buildJsonSchema(all), null, 2)}\n`]])
  for (const kind of all) {
    const file = `checks/examples/${kind.name}.yaml`
    const text = await readFile(join(ROOT, file), 'utf8')
    const spec = await loadSpec([file], {
      cwd: ROOT,
      env: {},
      vars: {},
      strict: true,
      unset: 'note',
      kinds,
      now: new Date(),
    })
    const subjects = spec.checks
      .filter((check) => check.kind === kind.name)
      .map((check) => subjectsOf(kind, check.spec, kind.familyForms ?? []))
    files.set(`docs/kinds/${kind.name}.md`, kindMarkdown(kind, mergeSubjects(subjects), { file, text }))
  }
  files.set(...(await auditPage(ROOT)))
  files.set(...(await reportsPage(ROOT)))
  files.set(ASSETS, await pageAssets(ROOT))
  files.set(KERNEL_CODE, await kernelCode(ROOT))
  for (const page of INCLUDING) files.set(...(await includedPage(ROOT, page)))
  return files
}
