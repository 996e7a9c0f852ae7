/** `postflight doctor`: opens what the check files name, looks, tells, closes. */
import { tmpdir } from 'node:os'
import { openConnections } from '../../connections/connections.js'
import { loadOpeners } from '../../connections/openers.js'
import type { ConnectionSpec } from '../../connections/schema.js'
import { kinds } from '../../kinds/index.js'
import { UsageError } from '../../lib/errors.js'
import { createRedactor } from '../../lib/redact.js'
import { mapTexts } from '../../lib/redact-deep.js'
import { escapeJson, escapeText } from '../../lib/text-escape.js'
import { detectWidth } from '../../lib/text-terminal.js'
import { loadSpec } from '../../spec/load.js'
import { renderIssues } from '../../spec/render.js'
import { ambientSecrets } from '../ambient-secrets.js'
import { findCheckFiles } from '../check-files.js'
import type { OfflineContext, OfflineRequest } from '../offline.js'
import { doctorDocument } from './document.js'
import { type ExamineOptions, examineConnections } from './examine.js'
import { exitOf } from './result.js'
import { chooseDatabase, roleScript } from './role-script.js'
import { doctorText } from './text.js'

export interface DoctorRequest extends OfflineRequest {
  /** Only this one. */
  readonly connection: string | undefined
  /** Only the script that makes a role of this name. */
  readonly createRole: string | undefined
  readonly failOnWarn: boolean
  /** Of each connection. */
  readonly timeoutMs: number
}

export interface DoctorContext extends OfflineContext {
  readonly version: string
}

/** The exit code. */
export async function doctor(request: DoctorRequest, context: DoctorContext): Promise<0 | 1 | 3> {
  const { cwd, env, now, version, stdout, stderr } = context
  const { files, vars, envFile, strict, json } = request
  const input = { cwd, env, vars, envFile, strict, unset: 'error', kinds, now } as const
  const spec = await loadSpec(await findCheckFiles(files, cwd), input)
  const secrets = [...spec.secrets, ...ambientSecrets(spec.connections, spec.env)]
  context.hideSecrets(secrets)
  const redactor = createRedactor(secrets)
  const specs = chosen(spec.connections, request)
  const openers = await loadOpeners(spec.connections)
  const connections = openConnections(spec.connections, { openers, env: spec.env, version, scratch: tmpdir() })
  const options: ExamineOptions = { checks: spec.parsed, specs, connections, timeoutMs: request.timeoutMs }
  try {
    if (request.createRole !== undefined) return await roleScript(request.createRole, options, context, redactor.text)
    const examined = await examineConnections(options)
    const exit = exitOf(examined, request.failOnWarn)
    if (json) {
      const document = redactor.event(doctorDocument(examined, spec.files, exit))
      stdout.write(`${escapeJson(JSON.stringify(document, null, 2))}\n`)
    } else {
      stderr.write(renderIssues(mapTexts(spec.warnings, redactor.text), detectWidth(env, stderr)))
      stdout.write(doctorText(examined, exit, { width: detectWidth(env, stdout), redact: redactor.text }))
    }
    return exit.code
  } finally {
    await connections.closeAll().catch((error: unknown) => {
      stderr.write(`warning: a connection did not close: ${escapeText(redactor.text(String(error)))}\n`)
    })
  }
}

/** Throws a UsageError where there is none, or not the one that is asked for. */
function chosen(
  all: Readonly<Record<string, ConnectionSpec>>,
  { connection, createRole }: DoctorRequest,
): Readonly<Record<string, ConnectionSpec>> {
  const names = Object.keys(all)
  if (names.length === 0) {
    throw new UsageError('the check files have no connections', { suggestions: ['declare them under connections:'] })
  }
  const name = createRole === undefined ? connection : chooseDatabase(all, connection, createRole)
  if (name === undefined) return all
  const spec = Object.hasOwn(all, name) ? all[name] : undefined
  if (spec === undefined) {
    throw new UsageError(`there is no connection "${name}"`, { suggestions: [`connections: ${names.join(', ')}`] })
  }
  return { [name]: spec }
}
