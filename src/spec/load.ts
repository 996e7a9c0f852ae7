/** Check files to a `Spec`: everything the commands need, nothing opened yet. All problems are told at once. */
import * as z from 'zod'
import type { Waiver } from '../judge/waiver.js'
import type { Kind, Kinds } from '../kinds/kind.js'
import { listSection } from './check-file.js'
import { readConnections } from './connections.js'
import { literalCredentials } from './credentials.js'
import { type Environment, readEnvironment } from './environment.js'
import { readGate, readWaivers } from './gate.js'
import { type LoadedFile, loadFiles } from './include.js'
import { interpolate } from './interpolate.js'
import { SpecError } from './issue.js'
import { gateEntries, mergeSection, nameEntries } from './merge-sections.js'
import { type Offer, offersOf, refuseEarlyUse } from './offers.js'
import { refuseOverlaps } from './overlap.js'
import { type Instance, type ParsedCheck, parseCheck } from './parse-check.js'
import { collectProblems, type Problems, sortIssues } from './problems.js'
import { kindsNamed, type RawCheck, rawChecks } from './raw-checks.js'
import { resolveRequires } from './requires.js'
import { resolver } from './resolve-reference.js'
import { buildScopes } from './scopes.js'
import type { Span } from './source.js'
import type { Spec } from './spec.js'
import { entry } from './tree.js'
import { refuseWrongConnections } from './uses.js'
import { validate } from './validate.js'

export interface LoadOptions {
  readonly cwd: string
  readonly env: Environment
  /** Values of `--var`, as typed. */
  readonly vars: Readonly<Record<string, string>>
  readonly envFile?: string | undefined
  /** Warnings are errors. */
  readonly strict: boolean
  readonly kinds: Kinds
  readonly now: Date
  /**
   * What a missing secret, environment variable or required variable is: an error where the checks are to run. With
   * `note` it is told, and checks that cannot be read without it are `unread`.
   */
  readonly unset?: 'error' | 'note' | undefined
}

/** A Spec whose checks still know where each of their values was written. */
export interface LoadedSpec extends Spec {
  readonly parsed: readonly ParsedCheck[]
  /** Ids of checks that lack a value that is not set here. */
  readonly unread: readonly string[]
  /** What references read: the process's environment, and beneath it `--env-file`. For connections; never shown. */
  readonly env: Environment
}

/** Throws a SpecError with every issue, warnings too, where one of them is an error. */
export async function loadSpec(files: readonly string[], options: LoadOptions): Promise<LoadedSpec> {
  const problems = collectProblems({ strict: options.strict })
  const env = await readEnvironment(options.env, options.envFile, options.cwd, problems)
  const loaded = await loadFiles(files, { cwd: options.cwd, problems })
  const kinds = await options.kinds.load(kindsNamed(loaded))
  // Most check files tell nobody, and do not wait for what it takes.
  const tells = loaded.some(({ root }) => ['notify', 'ping'].some((name) => entry(root, name) !== undefined))
  const notify = tells ? await import('./notify.js') : undefined
  const spec = assemble(loaded, { kinds, notify }, env, options, problems)
  const issues = sortIssues(problems.all(), spec.files)
  if (problems.errors() > 0) throw new SpecError(issues)
  return { ...spec, env, warnings: issues }
}

function assemble(
  files: readonly LoadedFile[],
  { kinds, notify }: { readonly kinds: readonly Kind[]; readonly notify: typeof import('./notify.js') | undefined },
  env: Environment,
  options: LoadOptions,
  problems: Problems,
): Omit<LoadedSpec, 'env'> {
  const unset = (message: string, span: Span): void =>
    options.unset === 'note' ? problems.note(message, span) : problems.error(message, span)
  const { secrets, scopeOf } = buildScopes(files, { env, vars: options.vars, problems, unset })
  const context = { problems, resolve: resolver({ scopeOf, problems, unset }) }
  const plainly = { ...context, rule: () => ({}) }
  const declared = mergeSection(files, 'connections', 'connection', problems)
  const literal = declared.flatMap(({ key, value }) => literalCredentials(value, `connection "${key}"`, problems))
  const connections = readConnections(declared, context, problems)
  const tellers = mergeSection(files, 'notify', 'route', problems)
  const literalInRoutes = notify?.literalsOfRoutes(tellers, problems) ?? []
  const routes = notify?.readRoutes(tellers, context, problems) ?? []
  const ping = notify?.readPing(files, context, problems)
  const gate = gateEntries(files, problems)
  const top = files[0]?.root.span ?? NOWHERE
  const own = files.filter(({ pack }) => pack === undefined)
  const waivers = own.flatMap(({ root }) => listSection(root, 'waivers', problems)?.items ?? [])
  const names = nameEntries(files, problems).map(({ value }) => interpolate(value, plainly))
  const raw = rawChecks(files, { names: options.kinds.names, loaded: kinds }, problems)
  const literalInChecks = raw.flatMap(({ what, tree }) => literalCredentials(tree, what, problems))
  const types = Object.fromEntries(Object.entries(connections.specs).map(([name, { type }]) => [name, type]))
  const inCheck = { scopeOf, problems, unset, now: options.now, types }
  const instances = raw.flatMap((check) => parseCheck(check, inCheck))
  const parsed = instances.flatMap((one) => one.parsed ?? [])
  const offers = offersOf(parsed, connections.names, problems)
  refuseWrongConnections(
    parsed,
    [...connections.names, ...offers.map(({ name }) => name)],
    { ...types, ...Object.fromEntries(offers.map(({ name }) => [name, 'postgres'])) },
    problems,
  )
  refuseOverlaps(parsed, connections.specs, options.cwd, problems)
  const checks = withRequires(parsed, instances, { raw, files, offers, problems })
  // Of what could not be read nobody knows whose it is.
  if (problems.errors() === 0 && instances.every((one) => one.parsed !== undefined))
    notify?.warnOfIdleRoutes(routes, checks, problems)
  const nameTexts = names.flatMap(
    (node) => validate(z.string(), node, { what: '"name"', at: node.span }, problems) ?? [],
  )
  const name = nameTexts.join(', ')
  return {
    ...(name === '' ? {} : { name }),
    files: files.map(({ source }) => source.file),
    checks: checks.map(({ check }) => check),
    parsed: checks,
    unread: instances.filter((one) => one.parsed === undefined).map(({ id }) => id),
    connections: connections.specs,
    gate: readGate(interpolate({ type: 'map', entries: gate, span: gate[0]?.keySpan ?? top }, plainly), problems),
    waivers: ofInstances(
      readWaivers(
        waivers.map((item) => interpolate(item, plainly)),
        problems,
      ),
      instances,
    ),
    notify: routes.map(({ route }) => route),
    ...(ping === undefined ? {} : { ping }),
    secrets: [
      ...secrets.values(),
      ...literal,
      ...literalInRoutes,
      ...literalInChecks,
      // Whoever knows it can say in our place that all is well.
      ...(ping === undefined ? [] : [{ name: 'the address to ping', value: ping.url }]),
    ],
    warnings: [],
  }
}

const NOWHERE: Span = { source: { file: '', path: '', text: '', lines: [0] }, start: 0, end: 0 }

/** A waiver of a check with `for_each` covers its instances. */
function ofInstances(waivers: readonly Waiver[], instances: readonly Instance[]): readonly Waiver[] {
  return waivers.flatMap((waiver) => {
    const ids = instances.filter(({ id, base }) => base === waiver.check && id !== base).map(({ id }) => id)
    return ids.length === 0 ? [waiver] : ids.map((check) => ({ ...waiver, check }))
  })
}

function withRequires(
  parsed: readonly ParsedCheck[],
  instances: readonly Instance[],
  from: {
    readonly raw: readonly RawCheck[]
    readonly files: readonly LoadedFile[]
    readonly offers: readonly Offer[]
    readonly problems: Problems
  },
): readonly ParsedCheck[] {
  const bases = new Set(instances.map(({ base }) => base))
  const broken = new Set(from.raw.map(({ id }) => id).filter((id) => !bases.has(id)))
  const left = new Set(from.files.flatMap(({ pack }) => (pack?.except ?? []).map(({ id }) => `${pack?.as}.${id}`)))
  const requires = resolveRequires(instances, { problems: from.problems, left, broken })
  refuseEarlyUse(parsed, from.offers, requires, from.problems)
  return parsed.map((one) => ({ ...one, check: { ...one.check, requires: requires.get(one.check.id) ?? [] } }))
}
