/** Tables by patterns (`billing.*`), and how a table is called in a finding. Pure. */
import { parseName } from '../../postgres/quote.js'

export interface TableName {
  readonly schema: string
  readonly name: string
}

export interface Pattern {
  readonly covers: (table: TableName) => boolean
  /** The schema, where it is one. */
  readonly schema: string | undefined
}

/** Undefined where it is not schema.name. */
export function parsePattern(text: string): Pattern | undefined {
  const [schema, name, more] = parseName(text) ?? []
  if (schema === undefined || name === undefined || more !== undefined) return undefined
  const [ofSchema, ofName] = [matching(schema), matching(name)]
  return {
    covers: (table) => ofSchema.test(table.schema) && ofName.test(table.name),
    schema: /[*?]/.test(schema) ? undefined : schema,
  }
}

function matching(glob: string): RegExp {
  const parts = glob.replaceAll(/[.*+?^${}()|[\]\\]/g, (found) =>
    found === '*' ? '.*' : found === '?' ? '.' : `\\${found}`,
  )
  return new RegExp(`^${parts}$`, 'su')
}

/** As `table` of a check names it: `billing.invoices`, `billing."odd name"`. */
export function tableText({ schema, name }: TableName): string {
  return [schema, name].map(partText).join('.')
}

function partText(part: string): string {
  return /^[\p{L}\p{N}_$]+$/u.test(part) ? part : `"${part.replaceAll('"', '""')}"`
}

/** The table a key begins with, and what stands behind it: `billing.invoices 7`. */
export function cutTable(key: string): { readonly table: string; readonly rest: string } | undefined {
  const [whole, table] = /^((?:"(?:[^"]|"")*"|[^". ]+)\.(?:"(?:[^"]|"")*"|[^". ]+)) /.exec(key) ?? []
  if (whole === undefined || table === undefined) return undefined
  return { table, rest: key.slice(whole.length) }
}
