/** For each collation that an index or the database has: its name, and a query for the order of texts we know. */

const PROBES = `('1-1'),('11'),('1 1'),('1.1'),('a'),('A'),('aa'),('a-a'),('a a'),('a b'),('ab'),('AB'),('Ab'),('a_b'),('a''b'),('a/b'),('"a"'),('-a'),('$1'),('@x'),('#9'),('é'),('e'),('ê'),('f'),('ß'),('ss'),('sz'),('ä'),('ae'),('az'),('å'),('z'),('ñ'),('n'),('o'),('ø'),('ö'),('i'),('ı'),('İ'),('ł'),('l'),('м'),('М'),('я'),('中'),('日'),('한'),('٣'),('3'),('𝟛'),('👍'),('¼'),('²'),('™'),('tm'),('…'),('—'),('-'),('x1'),('x10'),('x2')`

export const COLLATION_SQL = `WITH probe(s) AS (VALUES ${PROBES}),
used AS (SELECT DISTINCT u.c FROM pg_index i CROSS JOIN LATERAL unnest(i.indcollation::oid[]) u(c) JOIN pg_class k ON k.oid = i.indexrelid
    JOIN pg_namespace n ON n.oid = k.relnamespace
    WHERE u.c <> 0 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' UNION SELECT 100)
SELECT CASE WHEN co.collprovider = 'd' THEN 'of the database' ELSE format('%I.%I', n.nspname, co.collname) END,
  format('SELECT string_agg(s, E''\\x1f'' ORDER BY s COLLATE %I.%I, s COLLATE "C") FROM (VALUES %s) v(s)', n.nspname, co.collname,
    (SELECT string_agg(format('(%L)', s), ',' ORDER BY s COLLATE "C") FROM probe))
FROM used JOIN pg_collation co ON co.oid = used.c JOIN pg_namespace n ON n.oid = co.collnamespace`
