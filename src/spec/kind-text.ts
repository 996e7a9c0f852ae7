/** `postflight kinds`: the kinds there are, or the fields of one. */
import type { Kind } from '../kinds/kind.js'
import { wrapText } from '../lib/text.js'
import { fieldMeaning, kindFields, madeUpForms } from './kind-page.js'

/** Columns that a description needs beside the names; with fewer it goes below them. */
const ROOM = 36

/** `docs`: where the pages of the kinds lie. */
export function kindText(
  kinds: readonly Kind[],
  options: { readonly withFields: boolean; readonly width: number; readonly docs: string },
): string {
  const { width, docs } = options
  if (!options.withFields)
    return columns(
      kinds.map(({ name, summary }) => [name, summary]),
      width,
    )
  return kinds.map((kind) => oneKind(kind, width, docs)).join('\n')
}

function oneKind(kind: Kind, width: number, docs: string): string {
  const rows = kindFields(kind).map((field): [string, string] => [
    `  ${field.required ? '*' : ' '} ${field.name}`,
    fieldMeaning(field, (word) => word),
  ])
  const head = wrapText(`${kind.name}: ${kind.summary}`, width).join('\n')
  const forms = madeUpForms(kind)
  const named =
    forms.length === 0
      ? ''
      : `${wrapText(`Subjects whose names a check makes up: ${forms.join(', ')}`, width).join('\n')}\n\n`
  const tail = 'The subjects it measures, its defaults and an example:'
  return `${head}\n\n${columns(rows, width)}\n  * required\n\n${named}${wrapText(tail, width).join('\n')}\n  ${docs}/${kind.name}.md\n`
}

function columns(rows: readonly (readonly [string, string])[], width: number): string {
  const first = Math.max(...rows.map(([name]) => name.length)) + 2
  const beside = width - first >= ROOM
  return rows
    .flatMap(([name, text]) => {
      const lines = wrapText(text, beside ? width - first : Math.max(20, width - 8))
      if (!beside) return [name, ...lines.map((line) => `        ${line}`)]
      return lines.map((line, index) => `${(index === 0 ? name : '').padEnd(first)}${line}`.trimEnd())
    })
    .map((line) => `${line}\n`)
    .join('')
}

export function kindDocument(kinds: readonly Kind[]) {
  return {
    schema_version: 1,
    kinds: kinds.map((kind) => ({
      name: kind.name,
      summary: kind.summary,
      fields: kindFields(kind).map(({ mapped: _, ...field }) => field),
      families: kind.familyForms ?? [],
    })),
  }
}
