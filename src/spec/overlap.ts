/** Two checks that both assert what is left over in one part of a store contradict each other: each sees the other's. */
import { posix, resolve } from 'node:path'
import type { ConnectionSpec } from '../connections/schema.js'
import type { VantageSpec } from '../vantage/schema.js'
import type { ParsedCheck } from './parse-check.js'
import type { Problems } from './problems.js'
import { entry } from './tree.js'

interface Region {
  /** What `prefix` is a part of. */
  readonly space: string
  readonly prefix: string
}

export function refuseOverlaps(
  checks: readonly ParsedCheck[],
  connections: Readonly<Record<string, ConnectionSpec>>,
  cwd: string,
  problems: Problems,
): void {
  const claims = checks.flatMap((parsed) => {
    const { check, kind } = parsed
    return (kind.claims?.(check.spec as never) ?? [])
      .filter(({ subject }) => check.assertions.some((one) => one.subject === subject && one.level !== 'tell'))
      .map(({ subject, store, prefix }) => ({
        parsed,
        subject,
        region: regionOf(store, prefix, connections[store], { cwd, from: check.from }),
      }))
  })
  for (const [index, claim] of claims.entries()) {
    const other = claims.slice(0, index).find((earlier) => {
      return (
        earlier.parsed !== claim.parsed && earlier.subject === claim.subject && overlap(earlier.region, claim.region)
      )
    })
    if (other === undefined) continue
    const both = `"${other.parsed.check.id}" and "${claim.parsed.check.id}"`
    const message = `checks ${both} both assert ${claim.subject} over one part of a store`
    const hint = 'give each its own scope, or make them one check with a list of rows'
    const related = [{ message: 'the other check', span: spanOf(other.parsed, claim.subject) }]
    problems.error(message, spanOf(claim.parsed, claim.subject), { hint, related })
  }
}

function spanOf({ tree, idSpan }: ParsedCheck, subject: string) {
  for (const level of ['expect', 'warn']) {
    const node = entry(tree, level)?.value
    const found = node?.type === 'map' ? entry(node, subject) : undefined
    if (found !== undefined) return found.keySpan
  }
  return idSpan
}

interface Seen {
  readonly cwd: string
  /** Where the check looks from, and with it a files store that does not say otherwise. */
  readonly from: VantageSpec
}

/** Two connections may name the same store; one path is another directory where it is looked at from elsewhere. */
function regionOf(name: string, prefix: string, spec: ConnectionSpec | undefined, { cwd, from }: Seen): Region {
  if (spec?.type === 'files') {
    const place = spec.from ?? from
    const root = place === 'local' ? resolve(cwd, spec.root) : posix.normalize(spec.root).replace(/\/+$/, '')
    return { space: `files ${JSON.stringify(place)}`, prefix: `${root}/${prefix}` }
  }
  if (spec?.type === 's3') return { space: `s3 ${spec.endpoint ?? ''} ${spec.bucket}`, prefix: spec.prefix + prefix }
  return { space: `connection ${name}`, prefix }
}

function overlap(a: Region, b: Region): boolean {
  return a.space === b.space && (a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix))
}
