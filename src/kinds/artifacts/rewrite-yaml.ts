import type { RewriteOp } from '../../compare/rewrite.js'

/** The `rewrite` of a check with one more change of prefix, ready to paste. JSON strings are YAML strings. */
export function rewriteYaml(
  ops: readonly RewriteOp[],
  change: { readonly strip: string; readonly add: string },
): string {
  const all: readonly RewriteOp[] = [
    ...ops,
    ...(change.strip === '' ? [] : [{ strip_prefix: change.strip }]),
    ...(change.add === '' ? [] : [{ add_prefix: change.add }]),
  ]
  const lines = all.flatMap((op) =>
    Object.entries(op)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `  - ${name}: ${JSON.stringify(value)}`),
  )
  return ['rewrite:', ...lines].join('\n')
}
