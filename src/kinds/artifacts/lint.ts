/** Rules that need more than one field of the check. */
import { patternProblem } from '../../compare/rewrite.js'
import type { LintProblem } from '../kind.js'
import { declaredChecksum, declaresSize, rowsFields, storeNames } from './fields.js'
import type { ArtifactsSpec } from './schema.js'

type Path = readonly (string | number)[]

export function lintArtifacts(spec: ArtifactsSpec): readonly LintProblem[] {
  return [
    ...lintPromises(spec),
    ...lintStores(spec),
    ...lintVerify(spec),
    ...lintScope(spec),
    ...lintIgnore(spec),
    ...lintRewrite(spec),
  ]
}

function lintPromises({ rows, manifest, stores, verify, rewrite }: ArtifactsSpec): LintProblem[] {
  if (manifest === undefined) {
    const hint = 'add rows: with the query, or manifest: {} for what the record has'
    return rows === undefined ? [error('it says of no file that it must be there', [], hint)] : []
  }
  const sampled = typeof verify?.checksum === 'object' && rewrite !== undefined
  return [
    ...(rows === undefined ? [] : [error('`rows` and `manifest` exclude each other', ['manifest'])]),
    ...(stores === undefined ? [] : [error('a manifest is of one store', ['stores'], 'a check for each, with store:')]),
    // Which keys are in a sample follows from their names.
    ...(sampled ? [error('with `rewrite`, a sample is of other keys than were recorded', ['verify', 'checksum'])] : []),
  ]
}

function lintStores(spec: ArtifactsSpec): LintProblem[] {
  const problems: LintProblem[] = []
  if (spec.store === undefined && spec.stores === undefined) {
    problems.push(error('it names no store', [], 'add store: <connection>, or stores: where rows choose'))
  }
  if (spec.store !== undefined && spec.stores !== undefined) {
    problems.push(error('`store` and `stores` exclude each other', ['stores']))
  }
  for (const { query, path } of rowsFields(spec)) {
    if (spec.stores !== undefined && query.store === undefined) {
      problems.push(error('with `stores`, every query names the column that chooses', path, 'add store: <column>'))
    }
    if (spec.stores === undefined && query.store !== undefined) {
      problems.push(
        warning('the column is not looked at: the check has one `store`', [...path, 'store'], 'use stores:'),
      )
    }
  }
  for (const [index, name] of (spec.recover_from ?? []).entries()) {
    if (!storeNames(spec).includes(name)) continue
    problems.push(error(`nothing is recovered from "${name}", where it is missing`, ['recover_from', index]))
  }
  return problems
}

function lintVerify(spec: ArtifactsSpec): LintProblem[] {
  const problems: LintProblem[] = []
  const declared = declaredChecksum(spec)
  const stated = spec.verify?.checksum
  if (declared !== undefined && stated === undefined) {
    problems.push(
      error(
        'a declared checksum needs a stated `verify.checksum`',
        declared,
        'add verify: { checksum: all }, { sample: 1/100 } or none',
      ),
    )
  }
  if (declared === undefined && stated !== undefined && stated !== 'none') {
    const [none, hint] =
      spec.manifest === undefined
        ? ['no query declares a `checksum`']
        : ['the manifest has no `checksum`', 'add one to manifest:, before the record is taken']
    problems.push(error(`${none} that could be verified`, ['verify', 'checksum'], hint))
  }
  if (spec.verify?.size === 'all' && !declaresSize(spec)) {
    problems.push(error('no query declares a `size` that could be verified', ['verify', 'size']))
  }
  for (const field of ['budget', 'time_budget'] as const) {
    if (spec.verify?.[field] === undefined || (stated !== undefined && stated !== 'none')) continue
    problems.push(warning('a budget without checksums to verify is never spent', ['verify', field]))
  }
  return problems
}

function lintScope(spec: ArtifactsSpec): LintProblem[] {
  const problems: LintProblem[] = []
  const prefix = spec.scope?.prefix
  if (prefix !== undefined && !prefix.endsWith('/')) {
    problems.push(warning(`it covers ${prefix}… too, not only ${prefix}/`, ['scope', 'prefix'], 'end it with a slash'))
  }
  const timed = rowsFields(spec).find(({ query }) => query.time !== undefined)
  if (spec.grace !== undefined && timed === undefined && spec.manifest === undefined) {
    problems.push(warning('without a `time` column a missing file has no grace', ['grace'], 'add time: <column>'))
  }
  if (spec.grace === undefined && timed !== undefined) {
    problems.push(warning('`time` is for `grace`, which is not given', [...timed.path, 'time']))
  }
  return problems
}

/** As in .gitignore it would take something out again; here each glob stands alone, and one that negates has all the rest. */
function lintIgnore(spec: ArtifactsSpec): LintProblem[] {
  return (spec.ignore ?? []).flatMap((glob, index) =>
    /^!(?!\()/.test(glob)
      ? [error('a glob that begins with ! would ignore everything else', ['ignore', index], 'name what is ignored')]
      : [],
  )
}

function lintRewrite(spec: ArtifactsSpec): LintProblem[] {
  return (spec.rewrite ?? []).flatMap(({ regex }, index) => {
    const problem = regex === undefined ? undefined : patternProblem(regex[0])
    if (problem === undefined) return []
    const hint = 'RE2 syntax: no look-around, no back-references'
    return [error(`not a regular expression: ${problem}`, ['rewrite', index, 'regex', 0], hint)]
  })
}

function error(message: string, path: Path, hint?: string): LintProblem {
  return { level: 'error', message, path, ...(hint === undefined ? {} : { hint }) }
}

function warning(message: string, path: Path, hint?: string): LintProblem {
  return { ...error(message, path, hint), level: 'warning' }
}
