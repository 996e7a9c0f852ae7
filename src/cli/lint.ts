/** `postflight lint`: loads the check files and tells what is wrong with them. Connects to nothing. */
import { kinds } from '../kinds/index.js'
import { createRedactor } from '../lib/redact.js'
import { mapTexts } from '../lib/redact-deep.js'
import { escapeJson } from '../lib/text-escape.js'
import { detectWidth } from '../lib/text-terminal.js'
import { SpecError } from '../spec/issue.js'
import { lintDocument, lintText, waiverIssues } from '../spec/lint-summary.js'
import { loadSpec } from '../spec/load.js'
import { renderIssues } from '../spec/render.js'
import { findCheckFiles } from './check-files.js'
import type { OfflineContext, OfflineRequest } from './offline.js'

export interface LintRequest extends OfflineRequest {
  /** Secrets, variables and environment that are not set are notes, not errors. */
  readonly allowUnset: boolean
}

/** Resolves to the exit code. Throws SpecError where the mistakes are to be told as text. */
export async function lint(request: LintRequest, context: OfflineContext): Promise<number> {
  const { cwd, env, now } = context
  const print = (document: object): void => {
    context.stdout.write(`${escapeJson(JSON.stringify(document, null, 2))}\n`)
  }
  try {
    const spec = await loadSpec(await findCheckFiles(request.files, cwd), {
      cwd,
      env,
      vars: request.vars,
      envFile: request.envFile,
      strict: request.strict,
      unset: request.allowUnset ? 'note' : 'error',
      kinds,
      now,
    })
    context.hideSecrets(spec.secrets)
    const late = waiverIssues(spec, now)
    if (request.strict && late.length > 0) throw new SpecError(late.map((issue) => ({ ...issue, level: 'error' })))
    const issues = mapTexts([...spec.warnings, ...late], createRedactor(spec.secrets).text)
    if (request.json) print(lintDocument(spec, issues))
    else {
      context.stderr.write(renderIssues(issues, detectWidth(env, context.stderr)))
      context.stdout.write(lintText(spec))
    }
    return 0
  } catch (error) {
    if (!request.json || !(error instanceof SpecError)) throw error
    print(lintDocument(undefined, mapTexts(error.issues, createRedactor([]).text)))
    return 2
  }
}
