/** What a record holds of a database, as it lies in the file. Names, numbers and digests: no values. Light. */
import * as z from 'zod'

/**
 * An object: digest of its definition; the same without the texts of expressions, which some majors write otherwise; what
 * may be shown; what it is part of, kind and name; and what was wrong with it.
 */
export type ObjectEntry = readonly [
  full: string,
  plain: string,
  shown: string | null,
  of: string | null,
  bad: string | null,
]

/** By kind, then by name. */
export type Objects = Readonly<Record<string, Readonly<Record<string, ObjectEntry>>>>

export type Digest = 'record' | 'portable'

/** How the values of a column go into the hash: as they are, by the bytes of a text, or as text of some form. */
export type Form = 'value' | 'bytes' | 'text' | 'number' | 'padded'

export interface ColumnEntry {
  readonly name: string
  /** Of its type, or of what its domain is made from. */
  readonly oid: number
  readonly form: Form
  /** NULLs in it; absent where it can have none. */
  readonly nulls?: number | undefined
  /** Sum of the hashes of its values, each seeded by the hash of the key; where the record was asked for it. */
  readonly sum?: string | undefined
}

export type TableEntry =
  | { readonly unread: string }
  | {
      readonly rows: number
      readonly key: readonly string[]
      /** Names of columns that are not hashed. */
      readonly left_out: readonly string[]
      /** None where content was not read. */
      readonly columns: readonly ColumnEntry[]
      /** A power of two, less one. */
      readonly mask: number
      /** Of each bucket how many rows, and the sum of their hashes. */
      readonly counts: readonly number[]
      readonly sums: readonly string[]
      /** Digests of the least and the greatest key, where it is one whole number. */
      readonly key_range?: readonly [string, string] | undefined
      /** Which of the tables it is that lie in the part of the record, row by row. */
      readonly listed?: ListedAt | undefined
    }

export interface ListedAt {
  readonly place: number
  /** Whether their keys lie there, too. */
  readonly with_keys: boolean
}

export interface DatabaseRecord {
  readonly v: 1
  /** For instance 180004. */
  readonly version: number
  readonly encoding: string
  /** Which server it was; null where the role may not know. */
  readonly system: string | null
  /** How far its log had got. */
  readonly lsn: string | null
  readonly schemas: readonly string[] | null
  readonly digest: Digest
  /** What the hash functions made of values we know, by name. */
  readonly vectors: Readonly<Record<string, string>>
  readonly objects: Objects
  /** The next value of each sequence; null where the role may not read it. */
  readonly sequences: Readonly<Record<string, SequenceEntry>>
  readonly large_objects: { readonly count: number; readonly bytes: number | null }
  readonly tables: Readonly<Record<string, TableEntry>>
}

export interface SequenceEntry {
  /** The last one handed out; null where none was. */
  readonly last: string | null
  readonly increment: string
  readonly readable: boolean
}

const text = z.string()
const object = z.tuple([text, text, text.nullable(), text.nullable(), text.nullable()])
const table = z.union([
  z.looseObject({ unread: text }),
  z.looseObject({
    rows: z.number(),
    key: z.array(text),
    left_out: z.array(text),
    columns: z.array(
      z.looseObject({
        name: text,
        oid: z.number(),
        form: z.enum(['value', 'bytes', 'text', 'number', 'padded']),
        nulls: z.number().optional(),
        sum: text.optional(),
      }),
    ),
    mask: z.int().min(0).max(65_535),
    counts: z.array(z.number()),
    sums: z.array(text),
    key_range: z.tuple([text, text]).optional(),
    listed: z.looseObject({ place: z.int().min(0), with_keys: z.boolean() }).optional(),
  }),
])

const record = z.looseObject({
  v: z.literal(1),
  version: z.number(),
  encoding: text,
  system: text.nullable(),
  lsn: text.nullable(),
  schemas: z.array(text).nullable(),
  digest: z.enum(['record', 'portable']),
  vectors: z.record(text, text),
  objects: z.record(text, z.record(text, object)),
  sequences: z.record(text, z.looseObject({ last: text.nullable(), increment: text, readable: z.boolean() })),
  large_objects: z.looseObject({ count: z.number(), bytes: z.number().nullable() }),
  tables: z.record(text, table),
})

/** Tables whose rows lie in the part of the record, in their order there. */
export function listedIn(
  tables: DatabaseRecord['tables'],
): readonly { readonly name: string; readonly rows: number; readonly withKeys: boolean }[] {
  return Object.entries(tables)
    .flatMap(([name, entry]) =>
      'unread' in entry || entry.listed === undefined ? [] : [{ name, rows: entry.rows, listed: entry.listed }],
    )
    .toSorted((one, other) => one.listed.place - other.listed.place)
    .map(({ name, rows, listed }) => ({ name, rows, withKeys: listed.with_keys }))
}

/** Undefined for what is none of this version. */
export function readDatabaseRecord(kept: unknown): DatabaseRecord | undefined {
  const parsed = record.safeParse(kept)
  return parsed.success ? (parsed.data as DatabaseRecord) : undefined
}
