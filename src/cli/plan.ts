/** `postflight plan`: what the check files mean once everything is resolved. Opens nothing. */
import { kinds } from '../kinds/index.js'
import { createRedactor } from '../lib/redact.js'
import { mapTexts } from '../lib/redact-deep.js'
import { escapeJson } from '../lib/text-escape.js'
import { detectWidth } from '../lib/text-terminal.js'
import { explain, planDocument } from '../spec/explain.js'
import { explainNotify } from '../spec/explain-notify.js'
import { loadSpec } from '../spec/load.js'
import { renderIssues } from '../spec/render.js'
import { renderNotify } from '../spec/render-notify.js'
import { renderPlan } from '../spec/render-plan.js'
import { findCheckFiles } from './check-files.js'
import type { OfflineContext, OfflineRequest } from './offline.js'

export async function plan(request: OfflineRequest, context: OfflineContext): Promise<void> {
  const { cwd, env, now } = context
  const spec = await loadSpec(await findCheckFiles(request.files, cwd), {
    cwd,
    env,
    vars: request.vars,
    envFile: request.envFile,
    strict: request.strict,
    unset: 'note',
    kinds,
    now,
  })
  context.hideSecrets(spec.secrets)
  const hide = createRedactor(spec.secrets).text
  const checks = mapTexts(explain(spec), hide)
  const told = mapTexts(explainNotify(spec), hide)
  if (request.json) {
    context.stdout.write(`${escapeJson(JSON.stringify(planDocument(spec, checks, told), null, 2))}\n`)
    return
  }
  context.stderr.write(renderIssues(mapTexts(spec.warnings, hide), detectWidth(env, context.stderr)))
  const width = detectWidth(env, context.stdout)
  context.stdout.write(renderPlan(checks, spec.unread, width) + renderNotify(told, width))
}
