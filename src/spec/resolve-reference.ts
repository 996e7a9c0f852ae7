/** What a reference stands for in one scope: a file, a pack, one instance of a `for_each` check. */
import { didYouMean } from '../lib/did-you-mean.js'
import { looksLikeCredential } from './environment.js'
import type { Interpolation, Resolved } from './interpolate.js'
import type { Problems } from './problems.js'
import type { Secrets } from './secrets.js'
import type { Span } from './source.js'
import { suggestOrList } from './suggest.js'
import type { ScalarNode, TreeNode } from './tree.js'
import type { Variables } from './vars.js'

export interface Each {
  readonly key: string
  readonly value: ScalarNode
}

export interface Scope {
  readonly vars: Variables
  readonly secrets: Secrets
  /** Scopes of packs see no secrets. */
  readonly pack?: string | undefined
}

export interface ResolveOptions {
  /** The scope of the file in which a reference was written. */
  readonly scopeOf: (span: Span) => Scope
  readonly each?: Each | undefined
  readonly problems: Problems
  readonly unset: (message: string, span: Span) => void
}

export function resolver({ scopeOf, each, problems, unset }: ResolveOptions): Interpolation['resolve'] {
  return ({ space, name }, span): Resolved => {
    const scope = scopeOf(span)
    if (space === 'each') {
      if (each === undefined) {
        return void problems.error(`\${each.${name}} stands only in a check with for_each`, span)
      }
      return { node: name === 'key' ? text(each.key, span) : each.value, secret: false }
    }
    if (space === 'env') {
      const value = scope.secrets.readEnv(name)
      if (value === undefined) return void unset(`the environment variable ${name} is not set`, span)
      return { node: text(value, span), secret: looksLikeCredential(name) }
    }
    if (space === 'secret') {
      if (scope.pack !== undefined) return void problems.error('a pack has no secrets', span)
      if (!scope.secrets.names.includes(name)) {
        const hint = scope.vars.has(name) ? `there is \${var.${name}}` : suggestOrList(name, scope.secrets.names)
        return void problems.error(`there is no secret "${name}"`, span, { hint: hint ?? 'declare it under secrets:' })
      }
      const value = scope.secrets.read(name)
      return value === undefined ? undefined : { node: text(value, span), secret: true }
    }
    const variable = scope.vars.get(name)
    if (variable !== undefined)
      return variable.node.type === 'hole' ? undefined : { node: variable.node, secret: false }
    const near = didYouMean(name, scope.vars.keys())
    const hint = near ?? (scope.secrets.names.includes(name) ? `there is \${secret.${name}}` : 'declare it under vars:')
    return void problems.error(`there is no variable "${name}"`, span, { hint })
  }
}

function text(value: string, span: Span): TreeNode {
  return { type: 'scalar', value, span, style: 'plain' }
}
