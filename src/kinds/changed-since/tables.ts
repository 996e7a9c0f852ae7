/** The tables whose rows are read, and what each is made of. */
import { BPCHAR, COLLATED, HASHED, NUMERIC } from '../../postgres/row-hash.js'
import type { Session } from '../../postgres/source.js'
import { textOf } from './objects.js'
import type { Digest, Form } from './record.js'

export interface TableColumn {
  readonly name: string
  readonly oid: number
  readonly nullable: boolean
}

export interface TableSeen {
  /** Quoted, schema.table. */
  readonly name: string
  readonly columns: readonly TableColumn[]
  readonly key: readonly string[]
  readonly pages: number
  /** Why the role cannot see all of its rows. */
  readonly unread: string | undefined
}

// Partitions are read by their parent, so that another partitioning is no difference. Generated columns follow from others.
const TABLES = `SELECT format('%I.%I', n.nspname, c.relname), a.attname, coalesce(nullif(t.typbasetype, 0), t.oid)::text,
  NOT a.attnotnull, coalesce(array_position(i.indkey::int2[], a.attnum)::text, ''),
  CASE WHEN c.relkind = 'p' THEN (SELECT coalesce(sum(greatest(p.relpages, 0)), 0) FROM pg_partition_tree(c.oid) t
    JOIN pg_class p ON p.oid = t.relid) ELSE c.relpages END::text,
  CASE WHEN NOT has_schema_privilege(n.oid, 'USAGE') OR NOT has_table_privilege(c.oid, 'SELECT') THEN 'it may not be read'
    WHEN c.relrowsecurity AND row_security_active(c.oid) THEN 'row security hides rows of it' END
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
LEFT JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary AND i.indisvalid
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND ($1::jsonb IS NULL OR n.nspname IN (SELECT jsonb_array_elements_text($1::jsonb)))
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1, a.attname`

export async function tablesOf(session: Session, schemas: readonly string[] | undefined): Promise<TableSeen[]> {
  const { rows } = await session.query({
    text: TABLES,
    values: [schemas === undefined ? null : JSON.stringify(schemas)],
  })
  const tables = new Map<string, { columns: TableColumn[]; key: [number, string][]; pages: number; unread?: string }>()
  for (const [name = '', column, oid, nullable, position, pages, unread] of rows) {
    const table = tables.get(name ?? '') ?? {
      columns: [],
      key: [],
      pages: Number(pages),
      ...(unread == null ? {} : { unread }),
    }
    tables.set(name ?? '', table)
    if (column == null) continue
    table.columns.push({ name: textOf(column), oid: Number(oid), nullable: nullable === 't' })
    if (position) table.key.push([Number(position), textOf(column)])
  }
  return [...tables].map(([name, { columns, key, pages, unread }]) => ({
    name: textOf(name),
    columns,
    key: key.toSorted(([a], [b]) => a - b).map(([, column]) => column),
    pages,
    unread,
  }))
}

/** So that the last to be done is no long one that all others wait for. */
export function largestFirst<T extends Pick<TableSeen, 'pages'>>(tables: readonly T[]): readonly T[] {
  return tables.toSorted((one, other) => other.pages - one.pages)
}

/** oid, regclass and the like name objects by numbers of one database; xid and cid are moments of one server. */
const OWN_NUMBERS: ReadonlySet<number> = new Set([
  26, 27, 28, 29, 24, 2202, 2203, 2204, 2205, 2206, 4096, 4089, 3734, 3769, 4191, 5069,
])

/** Undefined: its values mean something in their own database only. */
export function formOf(oid: number, digest: Digest): Form | undefined {
  if (OWN_NUMBERS.has(oid)) return undefined
  if (digest === 'record' && HASHED.has(oid)) return COLLATED.has(oid) ? 'bytes' : 'value'
  if (oid === NUMERIC) return 'number'
  return oid === BPCHAR ? 'padded' : 'text'
}
