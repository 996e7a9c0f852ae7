/** The same table in two databases of one server, for the bench of comparisons. */
import pg from 'pg'

export interface TwoTables {
  readonly source: string
  readonly target: string
  readonly drop: () => Promise<void>
}

/** Twelve columns as they are met with: a key, numbers, texts, times, a uuid, a document. About 300 bytes a row. */
const COLUMNS = [
  'id',
  'customer',
  'token',
  'name',
  'email',
  'note',
  'amount',
  'weight',
  'paid',
  'created',
  'shipped',
  'doc',
] as const

const TABLE = `create unlogged table orders (id bigint primary key, customer int, token uuid, name text, email text, note text,
  amount numeric(12,2), weight float8, paid bool, created timestamptz, shipped timestamp, doc jsonb)`
const ROWS = `insert into orders select i, i % 50021, md5(i::text)::uuid, 'name of ' || i, 'person' || i || '@example.net',
  case when i % 10 = 0 then null else repeat(md5((i * 7)::text), 2) end, i % 100000 / 7.0, i / 3.0, i % 3 = 0,
  timestamptz '2024-01-01' + i * interval '1 s', timestamp '2024-01-02' + i * interval '1 min',
  jsonb_build_object('state', 'paid', 'lines', jsonb_build_array(i, i + 1), 'from', 'web')
  from generate_series(1, $1::bigint) i`

/**
 * Seeded by the hash of the key, in buckets of about 4,096 rows: what finds a difference as fast as a server can tell it.
 * With a plain 0 PostgreSQL uses no parallel worker; written as a literal in quotes, it may.
 */
export function digestSql(size: number, offset: '0' | "'0'" = '0'): string {
  const mask = Math.max(64, 2 ** Math.ceil(Math.log2(size / 4096))) - 1
  return `begin isolation level repeatable read read only;
select b, count(*), sum(h) from (select k & ${mask} as b, hash_record_extended(row(${COLUMNS.join(', ')}), k) as h
  from (select *, hash_record_extended(row(id), 0) as k from orders offset ${offset}) as q offset ${offset}) as z group by b order by b`
}

export async function makeTwoTables(url: string, rows: number): Promise<TwoTables> {
  const [source, target] = ['bench_source', 'bench_target']
  const at = (name: string): string => Object.assign(new URL(url), { pathname: `/${name}` }).href
  const drop = async (): Promise<void> => {
    for (const name of [source, target]) await run(url, `drop database if exists ${name}`)
  }
  await drop()
  await run(url, `create database ${source}`)
  await run(at(source), TABLE)
  await run(at(source), ROWS, [rows])
  await run(at(source), 'vacuum analyze orders')
  await run(url, `create database ${target} template ${source}`)
  await run(url, 'checkpoint')
  return { source: at(source), target: at(target), drop }
}

async function run(url: string, sql: string, values: readonly number[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql, [...values])
  } finally {
    await client.end()
  }
}
