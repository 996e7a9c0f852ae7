/** `plan --estimate`: opens what the checks use, asks, tells, closes. */
import { tmpdir } from 'node:os'
import { openConnections } from '../../connections/connections.js'
import { loadOpeners } from '../../connections/openers.js'
import { kinds } from '../../kinds/index.js'
import { createRedactor } from '../../lib/redact.js'
import { mapTexts } from '../../lib/redact-deep.js'
import { escapeJson, escapeText } from '../../lib/text-escape.js'
import { detectWidth } from '../../lib/text-terminal.js'
import { explain, planDocument } from '../../spec/explain.js'
import { type LoadedSpec, loadSpec } from '../../spec/load.js'
import { renderIssues } from '../../spec/render.js'
import { ambientSecrets } from '../ambient-secrets.js'
import { findCheckFiles } from '../check-files.js'
import type { OfflineContext, OfflineRequest } from '../offline.js'
import { estimateJson, summaryJson } from './document.js'
import { estimateChecks } from './estimate.js'
import { closedConnections, type Estimates, unknownSteps } from './result.js'
import { estimatesText } from './text.js'

export interface EstimateContext extends OfflineContext {
  readonly version: string
}

/** The exit code: 3 where something could not be estimated. */
export async function estimate(request: OfflineRequest, context: EstimateContext): Promise<0 | 3> {
  const { cwd, env, now, version, stdout, stderr } = context
  const { files, vars, envFile, strict, json } = request
  // What is to be connected to must be known, as for `verify`.
  const input = { cwd, env, vars, envFile, strict, unset: 'error', kinds, now } as const
  const spec = await loadSpec(await findCheckFiles(files, cwd), input)
  const secrets = [...spec.secrets, ...ambientSecrets(spec.connections, spec.env)]
  context.hideSecrets(secrets)
  const redactor = createRedactor(secrets)
  const openers = await loadOpeners(spec.connections)
  const connections = openConnections(spec.connections, { openers, env: spec.env, version, scratch: tmpdir() })
  try {
    const estimates = await estimateChecks({ checks: spec.parsed, specs: spec.connections, connections })
    if (json) {
      const document = redactor.event(documentOf(spec, estimates))
      stdout.write(`${escapeJson(JSON.stringify(document, null, 2))}\n`)
    } else {
      stderr.write(renderIssues(mapTexts(spec.warnings, redactor.text), detectWidth(env, stderr)))
      stdout.write(estimatesText(estimates, { width: detectWidth(env, stdout), redact: redactor.text }))
    }
    return unknownSteps(estimates) === 0 && closedConnections(estimates) === 0 ? 0 : 3
  } finally {
    await connections.closeAll().catch((error: unknown) => {
      stderr.write(`warning: a connection did not close: ${escapeText(redactor.text(String(error)))}\n`)
    })
  }
}

/** The plan, every read of it with its estimate. */
function documentOf(spec: LoadedSpec, estimates: Estimates) {
  const checks = explain(spec).map((check, index) => ({
    ...check,
    reads: check.reads.map((step, at) => {
      const told = estimates.checks[index]?.steps[at]?.estimate
      return told === undefined ? step : { ...step, estimate: estimateJson(told) }
    }),
  }))
  return { ...planDocument(spec, checks), estimate: summaryJson(estimates) }
}
