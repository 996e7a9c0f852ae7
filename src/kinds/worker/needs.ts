/** Everything a job needs, looked for where the worker is. */
import type { Finding } from '../kind.js'
import type { NeedsSpec } from './fields.js'
import type { Need } from './need.js'
import { needEnv } from './need-env.js'
import { needFiles } from './need-files.js'
import { needHttp } from './need-http.js'
import { needS3 } from './need-s3.js'
import { needServices } from './need-services.js'
import { type Looking, needTcp } from './need-tcp.js'
import type { Part } from './part.js'
import type { Surrounding } from './surrounding.js'

export async function meetNeeds(needs: NeedsSpec, surrounding: Surrounding, looking: Looking): Promise<Part> {
  const { vantage, signal } = looking
  const answers = await Promise.all([
    needEnv(needs.env ?? [], vantage, surrounding, signal),
    needFiles(needs.files ?? [], vantage, surrounding, signal),
    needTcp(needs.tcp ?? [], looking),
    needHttp(needs.http ?? [], looking),
    needServices(needs, surrounding, looking),
    needS3(needs.s3, surrounding, looking),
  ])
  const all = answers.flatMap((answer) => answer.needs)
  const missing = all.filter(({ is }) => is === 'missing')
  const untold = all.filter(({ is }) => is === 'untold')
  const gaps = untold.map(({ key, reason }) => `${key}: ${reason}`)
  const [gap] = gaps
  const cannot = gap === undefined ? undefined : { unobserved: gap }
  return {
    subjects: {
      // With a gap the number is only the least it can be, which is enough to fail and not enough to pass.
      needs_missing: missing.length === 0 && cannot !== undefined ? cannot : missing.length,
      needs_met: cannot ?? all.filter(({ is }) => is === 'met').length,
      ...logins(all),
    },
    findings: missing.map(finding),
    gaps,
    notes: [...answers.flatMap((answer) => answer.notes ?? []), ...untried(all)],
  }
}

function logins(all: readonly Need[]): Part['subjects'] {
  const tried = all.filter(({ login }) => login !== undefined)
  if (tried.length === 0) return {}
  const not = tried.flatMap(({ key, login }) => (typeof login === 'object' ? [`${key}: ${login.untried}`] : []))
  const [first] = not
  return {
    logins: first === undefined ? tried.filter(({ login }) => login === 'accepted').length : { unobserved: first },
  }
}

function untried(all: readonly Need[]): readonly string[] {
  return all.flatMap(({ key, login, is }) =>
    typeof login === 'object' && is === 'met' ? [`${key}: reached, but no login was tried: ${login.untried}`] : [],
  )
}

function finding({ key, reason }: Need): Finding {
  return { finding: 'needs_missing', key, ...(reason === undefined ? {} : { reason }) }
}
