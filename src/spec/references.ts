/** Finds `${…}` in the text of a scalar. `$${` is a literal `${`; a lone `$` is never special. */

export type ReferencePart =
  | { readonly text: string }
  | {
      readonly space: 'var' | 'env' | 'secret' | 'each'
      readonly name: string
      readonly at: number
      readonly length: number
    }
  | { readonly invalid: string; readonly at: number; readonly length: number }

const TOKEN = /\$\$\{|\$\{([^}]*)(\}?)/g
const REFERENCE = /^(?:(var|env|secret)\.([A-Za-z_][A-Za-z0-9_]*)|(each)\.(key|value))$/

/** Parts in order, joined texts and references; one single reference means that the scalar is exactly that reference. */
export function splitReferences(value: string): readonly ReferencePart[] {
  const parts: ReferencePart[] = []
  let text = ''
  let last = 0
  const flush = (): void => {
    if (text !== '') parts.push({ text })
    text = ''
  }
  for (const match of value.matchAll(TOKEN)) {
    text += value.slice(last, match.index)
    last = match.index + match[0].length
    if (match[0] === '$${') text += '${'
    else {
      flush()
      parts.push(reference(match[1] ?? '', match[2] === '}', match.index, match[0].length))
    }
  }
  text += value.slice(last)
  flush()
  return parts
}

function reference(inside: string, closed: boolean, at: number, length: number): ReferencePart {
  if (!closed) return { invalid: '"${" is never closed', at, length: 2 }
  const match = REFERENCE.exec(inside)
  if (match === null) return { invalid: `"\${${inside}}" is not a reference`, at, length }
  const space = (match[1] ?? match[3]) as 'var' | 'env' | 'secret' | 'each'
  return { space, name: match[2] ?? match[4] ?? '', at, length }
}

export const REFERENCE_FORM =
  'references are ${var.x}, ${env.X}, ${secret.x}, ${each.key}, ${each.value}; write $${ for a literal ${'
