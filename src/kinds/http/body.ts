/** The body as text and as JSON, or why it is neither. */
import type { HttpSeen } from '../../probes/http.js'
import type { Observed } from '../kind.js'

/** Text, or `{ unobserved }`. What is not whole is not judged: what is looked for may stand behind the cut. */
export function bodyText({ body, truncated, headers }: HttpSeen, maxBody: string): string | { unobserved: string } {
  if (truncated) return { unobserved: `the body is larger than ${maxBody} (max_body)` }
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') return { unobserved: 'the body came compressed, though that was not asked for' }
  const charset = /;\s*charset="?([^\s;"]+)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(charset).decode(body)
  } catch {
    return { unobserved: 'the charset of the body is not known here' }
  }
}

export function bodyJson(text: string | { unobserved: string }): { readonly json: unknown } | { unobserved: string } {
  if (typeof text !== 'string') return text
  try {
    return { json: JSON.parse(text) }
  } catch {
    // The message of the parser quotes the body.
    return { unobserved: text === '' ? 'the body is empty, so no JSON' : 'the body is not JSON' }
  }
}

export function isUnobserved(value: object | string): value is { unobserved: string } {
  return typeof value === 'object' && 'unobserved' in value
}

/** A node of JSON as a value: an object is its text, so that it can be looked into. */
export function jsonValue(node: unknown): Observed {
  if (Array.isArray(node)) return listValue(node)
  if (typeof node === 'object' && node !== null) return JSON.stringify(node)
  if (typeof node === 'number' && Number.isInteger(node) && !Number.isSafeInteger(node)) {
    return { unobserved: 'the number is beyond what is read exactly' }
  }
  return node as string | number | boolean | null
}

export function listValue(nodes: readonly unknown[]): Observed {
  const values = nodes.map(jsonValue)
  const lost = values.find((one) => typeof one === 'object' && one !== null && 'unobserved' in one)
  return lost ?? (values as readonly (string | number | boolean | null)[])
}
