/** Finds credentials written into a check file itself, where everybody who reads the file reads them. */
import type { SecretValue } from '../lib/redact.js'
import { loginOf } from '../lib/redact-dsn.js'
import type { Problems } from './problems.js'
import type { Span } from './source.js'
import type { TreeNode } from './tree.js'

const NAME =
  /^(password|passwd|passphrase|secret|secret_key|session_token|token|(.*-)?(authorization|auth|token|secret|cookie)|(.*-)?api[-_]?key|cookie)$/i

/**
 * Tells each literal credential below the node and returns them, so that they are redacted like declared secrets. `also`:
 * fields that hold nothing else, by whatever name.
 */
export function literalCredentials(
  node: TreeNode,
  where: string,
  problems: Problems,
  also: readonly string[] = [],
): readonly SecretValue[] {
  const found: SecretValue[] = []
  visit(node, '', (name, value, span) => {
    const secrets = also.includes(name) && !value.includes('${') && value !== '' ? [value] : credentialsIn(name, value)
    if (secrets.length === 0) return
    for (const secret of secrets) found.push({ name: `a password in ${where}`, value: secret })
    problems.warn(`a literal credential in ${where}`, span, {
      hint: 'declare it under secrets: and write ${secret.name}',
    })
  })
  return found
}

function credentialsIn(name: string, value: string): readonly string[] {
  const login = loginOf(value)?.passwords
  const literals = login ?? (NAME.test(name) ? [value] : [])
  return literals.filter((literal) => literal !== '' && !literal.includes('${'))
}

function visit(node: TreeNode, name: string, see: (name: string, value: string, span: Span) => void): void {
  if (node.type === 'map') for (const { key, value } of node.entries) visit(value, key, see)
  else if (node.type === 'list') for (const item of node.items) visit(item, name, see)
  else if (node.type === 'scalar' && node.value !== null) see(name, String(node.value), node.span)
}
