import type { RewriteOp } from '../../compare/rewrite.js'

/** A `rewrite`, ready to paste. JSON is YAML; what a check file would take for a reference is written as none. */
export function rewriteYaml(ops: readonly RewriteOp[]): string {
  const lines = ops.flatMap((op) =>
    Object.entries(op)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `  - ${name}: ${yaml(value)}`),
  )
  return ['rewrite:', ...lines].join('\n')
}

function yaml(value: unknown): string {
  const text = Array.isArray(value) ? `[${value.map((one) => JSON.stringify(one)).join(', ')}]` : JSON.stringify(value)
  return text.replaceAll('${', '$${')
}
