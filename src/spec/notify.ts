/** `notify:` and `ping:`, interpolated and validated, and routes that tell nobody anything. Nothing is sent here. */

import { didYouMean } from '../lib/did-you-mean.js'
import type { SecretValue } from '../lib/redact.js'
import { channelOf, channels } from '../notify/index.js'
import { type PingSpec, pingSchema } from '../notify/ping-schema.js'
import { concerns, ownersOf, type Route, type RouteFields } from '../notify/route.js'
import { literalCredentials } from './credentials.js'
import type { LoadedFile } from './include.js'
import { type Interpolation, interpolate } from './interpolate.js'
import type { ParsedCheck } from './parse-check.js'
import type { Problems } from './problems.js'
import { metaAt } from './schema-walk.js'
import { excerpt } from './source.js'
import { suggestOrList } from './suggest.js'
import { entry, field, type MapEntry, type MapNode, type TreeNode, textOf } from './tree.js'
import { kindOf, validate } from './validate.js'

/** A route whose fields still know where they were written. */
export interface ParsedRoute {
  readonly route: Route
  readonly tree: MapNode
}

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/

type Context = Omit<Interpolation, 'rule'>

export function readRoutes(
  declarations: readonly MapEntry[],
  context: Context,
  problems: Problems,
): readonly ParsedRoute[] {
  return declarations.flatMap(({ key: name, keySpan, value }) => {
    const what = `notify "${name}"`
    if (!NAME.test(name))
      problems.error(`"${name}" cannot be the name of a route`, keySpan, {
        hint: 'names are lower-case letters, digits and dashes, at most 63',
      })
    if (value.type !== 'map') {
      problems.error(`${what}: expected a mapping, not ${kindOf(value)}`, value.span)
      return []
    }
    const channel = channelFor(what, value, keySpan, problems)
    if (channel === undefined) return []
    const tree = interpolate(value, { ...context, rule: (path) => metaAt(channel.schema, path) })
    const spec = validate(channel.schema, tree, { what, at: keySpan }, problems)
    if (spec === undefined) return []
    for (const { field: of, message } of channel.lint?.(spec as never) ?? [])
      problems.warn(`${what}: ${message}`, entry(value, of)?.value.span ?? keySpan)
    return [{ route: routeOf(name, spec as RouteFields & { readonly type: string }, keySpan), tree }]
  })
}

function routeOf(name: string, spec: RouteFields & { readonly type: string }, at: MapEntry['keySpan']): Route {
  const { type, severity, outcomes, send, required, findings } = spec
  return { name, type, severity, owners: ownersOf(spec), outcomes, send, required, findings, spec, place: excerpt(at) }
}

function channelFor(what: string, value: MapNode, keySpan: MapEntry['keySpan'], problems: Problems) {
  const node = field(value, 'type')
  const type = textOf(node)
  const names = channels.map(({ name }) => name)
  const channel = type === undefined ? undefined : channelOf(type)
  if (channel !== undefined) return channel
  const known = `known: ${names.join(', ')}`
  if (type === undefined) problems.error(`${what} has no "type"`, node?.span ?? keySpan, { hint: known })
  else problems.error(`unknown type "${type}" of ${what}`, node?.span, { hint: didYouMean(type, names) ?? known })
  return undefined
}

/** Credentials in the file itself, those of a channel by the names of its fields. */
export function literalsOfRoutes(declarations: readonly MapEntry[], problems: Problems): readonly SecretValue[] {
  return declarations.flatMap(({ key, value }) => {
    const type = value.type === 'map' ? textOf(field(value, 'type')) : undefined
    const also = type === undefined ? [] : (channelOf(type)?.credentials ?? [])
    return literalCredentials(value, `notify "${key}"`, problems, also)
  })
}

export function readPing(files: readonly LoadedFile[], context: Context, problems: Problems): PingSpec | undefined {
  const [first, ...others] = files.flatMap(({ root, pack }) => (pack === undefined ? (entry(root, 'ping') ?? []) : []))
  for (const { keySpan } of others) {
    const related = first === undefined ? [] : [{ message: 'set first here', span: first.keySpan }]
    problems.error('"ping" may be set once', keySpan, { related })
  }
  if (first === undefined) return undefined
  const tree: TreeNode = interpolate(first.value, { ...context, rule: (path) => metaAt(pingSchema, path) })
  const ping = validate(pingSchema, tree, { what: '"ping"', at: first.keySpan }, problems)
  return typeof ping === 'string' ? { url: ping, required: false } : ping
}

/** Routes that no check of these files can ever reach, and owners nobody is. */
export function warnOfIdleRoutes(
  routes: readonly ParsedRoute[],
  checks: readonly Pick<ParsedCheck, 'check'>[],
  problems: Problems,
): void {
  const all = checks.map(({ check }) => check)
  const owners = [...new Set(all.map(({ owner }) => owner))]
  for (const { route, tree } of routes) {
    const what = `notify "${route.name}"`
    const unknown = ownerNodes(tree).filter((node) => !owners.includes(textOf(node) ?? ''))
    for (const node of unknown) {
      const hint = suggestOrList(textOf(node) ?? '', owners)
      problems.warn(`${what} is for "${textOf(node)}", who owns no check`, node.span, { hint })
    }
    if (unknown.length > 0 && unknown.length === ownerNodes(tree).length) continue
    const mine = all.filter((check) => concerns(route, check))
    const onlyWarns = route.outcomes.every((outcome) => outcome === 'warn')
    const why =
      mine.length === 0
        ? `no check ${route.owners === undefined ? '' : 'of its owners '}has severity ${route.severity} or above`
        : onlyWarns && !mine.some(({ assertions }) => assertions.some(({ level }) => level === 'warn'))
          ? 'none of its checks can warn'
          : undefined
    if (why !== undefined && all.length > 0)
      problems.warn(
        `${what} is never told anything of a check: ${why}`,
        entry(tree, 'severity')?.value.span ?? tree.span,
      )
  }
}

function ownerNodes(tree: MapNode): readonly TreeNode[] {
  const node = field(tree, 'owner')
  return node === undefined ? [] : node.type === 'list' ? node.items : [node]
}
