/** `postflight kinds`: the kinds there are, or the fields of one. */
import type { Kind } from '../kinds/kind.js'
import { kindFields } from './kind-page.js'

export function kindText(kinds: readonly Kind[], withFields: boolean): string {
  const width = Math.max(...kinds.map(({ name }) => name.length))
  if (!withFields) return kinds.map(({ name, summary }) => `${name.padEnd(width)}  ${summary}\n`).join('')
  return kinds.map(oneKind).join('\n')
}

function oneKind(kind: Kind): string {
  const fields = kindFields(kind)
  const width = Math.max(...fields.map(({ name }) => name.length))
  const lines = fields.map(({ name, required, description }) => {
    return `  ${name.padEnd(width)}  ${required ? '*' : ' '} ${description}`.trimEnd()
  })
  return `${kind.name}: ${kind.summary}\n\n${lines.join('\n')}\n\n* required. More: docs/kinds/${kind.name}.md\n`
}

export function kindDocument(kinds: readonly Kind[]) {
  return {
    schema_version: 1,
    kinds: kinds.map((kind) => ({ name: kind.name, summary: kind.summary, fields: kindFields(kind) })),
  }
}
