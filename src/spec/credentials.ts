/** Finds credentials written into a check file itself, where everybody who reads the file reads them. */
import type { SecretValue } from '../lib/redact.js'
import type { Problems } from './problems.js'
import type { Span } from './source.js'
import type { TreeNode } from './tree.js'

const NAME =
  /^(password|passwd|passphrase|secret|secret_key|session_token|token|authorization|api[-_]?key|x-api-key|cookie)$/i
const IN_URL = /^[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:([^\s@]+)@/i
const IN_KEYWORDS = /(?:^|\s)password\s*=\s*(?:'([^']*)'|(\S+))/i

/** Tells each literal credential below the node and returns them, so that they are redacted like declared secrets. */
export function literalCredentials(node: TreeNode, where: string, problems: Problems): readonly SecretValue[] {
  const found: SecretValue[] = []
  visit(node, '', (name, value, span) => {
    const secret = credentialIn(name, value)
    if (secret === undefined) return
    found.push({ name: `a password in ${where}`, value: secret })
    problems.warn(`a literal credential in ${where}`, span, {
      hint: 'declare it under secrets: and write ${secret.name}',
    })
  })
  return found
}

function credentialIn(name: string, value: string): string | undefined {
  const parts = IN_URL.exec(value) ?? IN_KEYWORDS.exec(value)
  const literal = parts?.[1] ?? parts?.[2] ?? (parts === null && NAME.test(name) ? value : undefined)
  return literal === undefined || literal === '' || literal.includes('${') ? undefined : literal
}

function visit(node: TreeNode, name: string, see: (name: string, value: string, span: Span) => void): void {
  if (node.type === 'map') for (const { key, value } of node.entries) visit(value, key, see)
  else if (node.type === 'list') for (const item of node.items) visit(item, name, see)
  else if (node.type === 'scalar' && node.value !== null) see(name, String(node.value), node.span)
}
