/** Faults inside tables, which the probes of the pack tell. Where the undoing is the statement a finding gives, it is so to the letter. */
import { type Fault, made } from './fault.js'

const SWAP = `update pg_class c set relpartbound = o.relpartbound from pg_class o where c.oid <> o.oid
    and c.oid in ('app.parts_0'::regclass, 'app.parts_1'::regclass) and o.oid in ('app.parts_0'::regclass, 'app.parts_1'::regclass)`

const unique = (index: string, is: boolean): string =>
  `update pg_index set indisunique = ${is} where indexrelid = '${index}'::regclass`
const generated = (flag: string): string =>
  `update pg_attribute set attgenerated = '${flag}' where attrelid = 'app.documents'::regclass and attname = 'words'`

const behind = (sequence: string, column: string, table: string, own: string, most = 'max', greatest = 'greatest') =>
  `SELECT setval('${sequence}', ${greatest}((SELECT ${most}(${column}) FROM ONLY ${table} WHERE ${column} ${own}), (SELECT last_value FROM ${sequence})))`

const ORDERS = behind('app.orders_id_seq', 'id', 'app.orders', '< 9223372036854775807')
const CUSTOMERS = behind('app.customers_id_seq', 'id', 'app.customers', '< 9223372036854775807')
const NUMBERS = behind('app.ticket_numbers', 'number', 'app.tickets', '< 2147483647')
const CODES = behind('app.ticket_codes', 'code', 'app.tickets', '< 9223372036854775807')
const DOWN = behind(
  'app.tickets_down_seq',
  'down',
  'app.tickets',
  '>= -1000000 AND down <> -2147483648',
  'min',
  'least',
)
const ODD = `SELECT setval('app.tickets_odd_seq', 199)`

const FOREIGN_KEY =
  'FROM ONLY app.remarks c WHERE (c.document IS NOT NULL OR c.page IS NOT NULL) AND NOT EXISTS (SELECT FROM ONLY app.pages p WHERE p.document OPERATOR(pg_catalog.=) c.document AND p.number OPERATOR(pg_catalog.=) c.page)'

export const INSIDE: readonly Fault[] = [
  {
    check: 'sequences-behind',
    plant: [
      `select setval('app.orders_id_seq', 3)`,
      `select setval('app.customers_id_seq', 200, false)`,
      `select setval('app.ticket_numbers', 1, false)`,
      `select setval('app.tickets_down_seq', -5)`,
      `select setval('app.tickets_odd_seq', 1)`,
    ],
    undo: [ORDERS, CUSTOMERS, NUMBERS, DOWN, ODD],
    found: [
      { key: 'app.orders.id', next_value: 4, sequence: 'app.orders_id_seq', fix: ORDERS },
      { key: 'app.customers.id', next_value: 200, fix: CUSTOMERS },
      { key: 'app.tickets.number', next_value: 1, fix: NUMBERS },
      { key: 'app.tickets.down', next_value: -6, fix: DOWN },
      { key: 'app.tickets.odd', next_value: 3, fix: ODD },
    ],
  },
  {
    check: 'sequences-behind',
    plant: [`select setval('app.ticket_codes', 50)`],
    undo: [CODES],
    found: [{ key: 'app.tickets.code', next_value: 51, fix: CODES }],
  },
  {
    check: 'foreign-keys-hold',
    plant: [
      'set session_replication_role = replica',
      'insert into app.orders (customer_id, total) values (999999, 1), (999998, 1)',
      'insert into app.remarks (document) values (1)',
      'reset session_replication_role',
    ],
    undo: [
      'delete from app.orders where customer_id > 999000',
      'delete from app.remarks where page is null and document is not null',
      'ALTER TABLE app.remarks DROP CONSTRAINT remarks_document_page_fkey, ADD CONSTRAINT remarks_document_page_fkey FOREIGN KEY (document, page) REFERENCES app.pages(document, number) MATCH FULL',
    ],
    found: [
      { key: 'app.orders.orders_customer_id_fkey', orphans: 2 },
      {
        key: 'app.remarks.remarks_document_page_fkey',
        orphans: 1,
        fix: `/* lists them */ SELECT c.* ${FOREIGN_KEY}; /* once they are mended */ ALTER TABLE app.remarks DROP CONSTRAINT remarks_document_page_fkey, ADD CONSTRAINT remarks_document_page_fkey FOREIGN KEY (document, page) REFERENCES app.pages(document, number) MATCH FULL`,
      },
    ],
  },
  {
    check: 'large-objects',
    plant: [
      'select lo_unlink(content) from app.documents where id <= 3',
      ...made(`create domain public.lo as oid; create table public.pictures (id int primary key, picture public.lo);
        insert into public.pictures values (1, 4242424242)`),
    ],
    undo: [
      `select lo_from_bytea(content, 'content') from app.documents where id <= 3`,
      'drop table public.pictures',
      'drop domain public.lo',
    ],
    found: [
      { key: 'app.documents.content', lost: 3, large_objects: 3 },
      { key: 'public.pictures.picture', lost: 1 },
    ],
  },
  {
    check: 'views-populated',
    plant: ['refresh materialized view app.totals with no data'],
    undo: ['REFRESH MATERIALIZED VIEW app.totals'],
    found: [{ view_name: 'totals', fix: 'REFRESH MATERIALIZED VIEW app.totals' }],
  },
  {
    check: 'sequences-left',
    plant: [
      `select setval('app.orders_id_seq', 9000000000000000000)`,
      ...made(`create table public.short (id smallserial primary key);
        create table public.shorter (id int generated always as identity primary key);
        create table public.held (id bigserial primary key); alter sequence public.held_id_seq as int`),
      `select setval('public.short_id_seq', 30000), setval('public.shorter_id_seq', 2000000000),
        setval('public.held_id_seq', 2000000000)`,
    ],
    undo: [`select setval('app.orders_id_seq', 30000)`, 'drop table public.short, public.shorter, public.held'],
    found: [
      { key: 'app.orders.id', used_percent: 97.6, fix: undefined },
      {
        key: 'public.short.id',
        used_percent: 91.6,
        fix: '/* rewrites the table and locks it meanwhile */ ALTER TABLE public.short ALTER COLUMN id TYPE bigint; ALTER SEQUENCE public.short_id_seq AS bigint',
      },
      {
        key: 'public.shorter.id',
        fix: '/* rewrites the table and locks it meanwhile */ ALTER TABLE public.shorter ALTER COLUMN id TYPE bigint',
      },
      { key: 'public.held.id', fix: 'ALTER SEQUENCE public.held_id_seq AS bigint' },
    ],
  },
  {
    check: 'unique-keys-collated',
    plant: [
      unique('app.documents_title_key', false),
      `insert into app.documents (title) values ('title 1'), ('title 1'), ('title 2')`,
      unique('app.documents_title_key', true),
    ],
    undo: ['delete from app.documents where price is null', 'REINDEX INDEX app.documents_title_key'],
    found: [{ key: 'app.documents_title_key', keys_twice: 2, rows: 5 }],
  },
  {
    check: 'default-partitions',
    plant: [`insert into app.events values ('2199-01-01', 'x')`],
    undo: [`delete from app.events where at > '2100-01-01'`],
    found: [{ key: 'app.events_rest', first_rows: 1 }],
  },
  {
    check: 'partitions-hold',
    plant: [SWAP],
    undo: [SWAP],
    found: [{ key: 'app.parts_0' }, { key: 'app.parts_1' }],
  },
  {
    check: 'unique-keys',
    plant: [unique('app.pages_pkey', false), 'insert into app.pages values (1, 1)', unique('app.pages_pkey', true)],
    undo: ['delete from app.pages where ctid = (select max(ctid) from app.pages)', 'REINDEX INDEX app.pages_pkey'],
    found: [
      {
        key: 'app.pages_pkey',
        keys_twice: 1,
        rows: 2,
        fix: '/* lists them */ SELECT (document), (number), count(*) FROM ONLY app.pages WHERE (document) IS NOT NULL AND (number) IS NOT NULL GROUP BY (document), (number) HAVING count(*) > 1; /* once they are merged */ REINDEX INDEX app.pages_pkey',
      },
    ],
  },
  {
    check: 'checks-hold',
    plant: [
      `create or replace function app.is_priced(numeric) returns boolean language sql immutable as 'select $1 < 18'`,
    ],
    undo: [
      `create or replace function app.is_priced(numeric) returns boolean language sql immutable as 'select $1 >= 0'`,
    ],
    found: [{ key: 'app.documents.documents_price_check', rows: 3 }],
  },
  {
    check: 'generated-columns',
    plant: [generated(''), 'update app.documents set words = 7 where id in (1, 2, 7)', generated('s')],
    undo: ['UPDATE ONLY app.documents SET body = body WHERE words::text IS DISTINCT FROM (length(body))::text'],
    found: [
      {
        key: 'app.documents.words',
        rows: 2,
        fix: 'UPDATE ONLY app.documents SET body = body WHERE words::text IS DISTINCT FROM (length(body))::text',
      },
    ],
  },
  {
    check: 'values-cut-short',
    plant: [
      `update app.documents set body = repeat('x', 2048) where id <= 3`,
      ...made(`create table public.scans (id int primary key, scan bytea);
        insert into public.scans select i, decode(repeat('ab', case when i < 3 then 1024 else i end), 'hex')
          from generate_series(1, 9) i`),
    ],
    undo: [`update app.documents set body = repeat('x', id::int) where id <= 3`, 'drop table public.scans'],
    found: [
      { key: 'app.documents.body', bytes: 2048, rows: 3 },
      { key: 'public.scans.scan', bytes: 1024, rows: 2 },
    ],
  },
]
