/**
 * What else a database has beside tables and what works on them, in the form of `objects-sql.ts`: what it is replicated by,
 * what it reaches elsewhere, what it searches and converts texts by, operators and casts. Options and connection strings may
 * hold passwords, so not even a digest of such is kept.
 */
import { WITH } from './objects-sql.js'

/** Where nobody chose schemas, what is in none is looked at as well. */
const ANY = `$1::jsonb IS NULL`

const notOf = (catalogue: string, oid: string) =>
  `NOT EXISTS (SELECT FROM ext WHERE classid = '${catalogue}'::regclass AND objid = ${oid})`

const published = `t.pubname = p.pubname AND (${ANY} OR t.schemaname IN (SELECT nspname FROM ns))`

/**
 * Each table it publishes is a part of it, and of the table, with which it goes without saying; one of all tables has no
 * parts. Of which columns and rows is told by a digest.
 */
const publication = `SELECT format('%I', p.pubname), NULL, concat_ws('|', p.pubviaroot, p.puballtables, ops), '',
  concat_ws(' of ', ops, CASE WHEN p.puballtables THEN 'all tables' END), NULL
FROM pg_publication p
CROSS JOIN LATERAL (SELECT concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
    CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END) AS ops) o
WHERE ${ANY} OR p.puballtables OR EXISTS (SELECT FROM pg_publication_tables t WHERE ${published})
UNION ALL
SELECT format('%I for %I.%I', p.pubname, t.schemaname, t.tablename), format('table %I.%I', t.schemaname, t.tablename),
  concat_ws('|', to_jsonb(t) ->> 'rowfilter', CASE WHEN EXISTS (SELECT FROM pg_publication_rel r JOIN pg_class c ON c.oid = r.prrelid
      JOIN pg_namespace m ON m.oid = c.relnamespace WHERE r.prpubid = p.oid AND to_jsonb(r) ->> 'prattrs' IS NOT NULL
        AND m.nspname = t.schemaname AND c.relname = t.tablename) THEN to_jsonb(t) ->> 'attnames' END), '', NULL, NULL
FROM pg_publication p JOIN pg_publication_tables t ON ${published} WHERE NOT p.puballtables`

// These columns are for everybody; how it connects is not.
const subscription = `SELECT format('%I', s.subname), NULL, concat_ws('|', s.subslotname, p.names), '', 'of ' || p.names,
  CASE WHEN NOT s.subenabled THEN 'disabled' END
FROM pg_subscription s CROSS JOIN LATERAL (SELECT string_agg(n, ', ' ORDER BY n) AS names FROM unnest(s.subpublications) n) p
WHERE ${ANY} AND s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`

/** Names of options, and values of those that are none of a login. */
const options = (
  column: string,
) => `(SELECT string_agg(CASE WHEN split_part(o, '=', 1) ~* 'pass|secret|key|token|user|cred|cert|auth'
    THEN split_part(o, '=', 1) ELSE o END, ',' ORDER BY o) FROM unnest(${column}) o)`

const foreignDataWrapper = `SELECT format('%I', w.fdwname), NULL,
  concat_ws('|', nullif(w.fdwhandler, 0)::regproc, nullif(w.fdwvalidator, 0)::regproc, ${options('w.fdwoptions')}), '', NULL, NULL
FROM pg_foreign_data_wrapper w WHERE ${ANY} AND ${notOf('pg_foreign_data_wrapper', 'w.oid')}`

// A wrapper is lost with its extension.
const server = `SELECT format('%I', s.srvname), coalesce(
    (SELECT format('extension %I', x.extname) FROM pg_depend d JOIN pg_extension x ON x.oid = d.refobjid
      WHERE d.classid = 'pg_foreign_data_wrapper'::regclass AND d.objid = w.oid AND d.deptype = 'e'),
    format('foreign data wrapper %I', w.fdwname)),
  concat_ws('|', w.fdwname, s.srvtype, s.srvversion, ${options('s.srvoptions')}), '', format('by %I', w.fdwname), NULL
FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw WHERE ${ANY} AND ${notOf('pg_foreign_server', 's.oid')}`

// Its options are for whoever it is of, so that it is there is all that everybody can tell.
const userMapping = `SELECT format('%s on %I', CASE m.umuser WHEN 0 THEN 'PUBLIC' ELSE format('%I', m.usename) END, m.srvname), format('server %I', m.srvname),
  '', '', NULL, NULL FROM pg_user_mappings m WHERE ${ANY}`

const configuration = `SELECT format('%I.%I', n.nspname, c.cfgname), NULL, concat_ws('|', p.prsname, m.maps), '', format('by %I', p.prsname), NULL
FROM pg_ts_config c JOIN ns n ON n.oid = c.cfgnamespace JOIN pg_ts_parser p ON p.oid = c.cfgparser
CROSS JOIN LATERAL (SELECT string_agg(concat(m.maptokentype, ' ', m.mapdict::regdictionary), ',' ORDER BY m.maptokentype, m.mapseqno) AS maps
  FROM pg_ts_config_map m WHERE m.mapcfg = c.oid) m
WHERE ${notOf('pg_ts_config', 'c.oid')}`

const dictionary = `SELECT format('%I.%I', n.nspname, d.dictname), NULL, concat_ws('|', t.tmplname, d.dictinitoption), '', format('by %I', t.tmplname), NULL
FROM pg_ts_dict d JOIN ns n ON n.oid = d.dictnamespace JOIN pg_ts_template t ON t.oid = d.dicttemplate
WHERE ${notOf('pg_ts_dict', 'd.oid')}`

// The order it really gives is compared as well, of those that an index has; what ICU calls a locale is another word from 16 on.
const customCollation = `SELECT format('%I.%I', n.nspname, c.collname), NULL, concat_ws('|', c.collprovider, c.collisdeterministic, l.locale, to_jsonb(c) ->> 'collicurules'),
  concat_ws('|', c.collprovider, c.collisdeterministic), concat_ws(' ', l.locale, CASE WHEN NOT c.collisdeterministic THEN 'not deterministic' END), NULL
FROM pg_collation c JOIN ns n ON n.oid = c.collnamespace
CROSS JOIN LATERAL (SELECT coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale', c.collcollate::text) AS locale) l
WHERE ${notOf('pg_collation', 'c.oid')}`

const conversion = `SELECT format('%I.%I', n.nspname, c.conname), NULL,
  concat_ws('|', pg_encoding_to_char(c.conforencoding), pg_encoding_to_char(c.contoencoding), c.conproc, c.condefault), '',
  concat_ws(' to ', pg_encoding_to_char(c.conforencoding), pg_encoding_to_char(c.contoencoding)), NULL
FROM pg_conversion c JOIN ns n ON n.oid = c.connamespace WHERE ${notOf('pg_conversion', 'c.oid')}`

/** Objects below this one come with the server. */
const FIRST_OWN = 16_384

// A range type brings a cast to its multirange along, from 14 on.
const cast = `SELECT format('%s as %s', c.castsource::regtype, c.casttarget::regtype),
  (SELECT format('type %I.%I', n.nspname, t.typname) FROM pg_type t JOIN ns n ON n.oid = t.typnamespace
    WHERE t.oid IN (c.castsource, c.casttarget) ORDER BY t.oid = c.castsource DESC LIMIT 1),
  concat_ws('|', nullif(c.castfunc, 0)::regprocedure, c.castcontext, c.castmethod), '',
  CASE c.castcontext WHEN 'i' THEN 'implicit' WHEN 'a' THEN 'in assignments' ELSE 'explicit' END, NULL
FROM pg_cast c WHERE c.oid >= ${FIRST_OWN}
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_cast'::regclass AND d.objid = c.oid AND d.deptype IN ('e', 'i'))
  AND (${ANY} OR EXISTS (SELECT FROM pg_type t JOIN ns n ON n.oid = t.typnamespace WHERE t.oid IN (c.castsource, c.casttarget)))`

const operator = `SELECT o.oid::regoperator::text, NULL,
  concat_ws('|', o.oprcode, o.oprresult::regtype, nullif(o.oprcom, 0)::regoperator, nullif(o.oprnegate, 0)::regoperator, o.oprrest, o.oprjoin, o.oprcanhash, o.oprcanmerge),
  '', NULL, NULL
FROM pg_operator o JOIN ns n ON n.oid = o.oprnamespace WHERE ${notOf('pg_operator', 'o.oid')}`

const operatorClass = `SELECT format('%I.%I by %I', n.nspname, c.opcname, m.amname), NULL,
  concat_ws('|', c.opcintype::regtype, c.opcdefault, nullif(c.opckeytype, 0)::regtype, f.opfname,
    (SELECT string_agg(concat(a.amopstrategy, ' ', a.amopopr::regoperator), ',' ORDER BY a.amopstrategy, a.amopopr::regoperator::text) FROM pg_amop a WHERE a.amopfamily = f.oid),
    (SELECT string_agg(concat(a.amprocnum, ' ', a.amproc::regprocedure), ',' ORDER BY a.amprocnum, a.amproc::regprocedure::text) FROM pg_amproc a WHERE a.amprocfamily = f.oid)),
  '', format('for %s', c.opcintype::regtype), NULL
FROM pg_opclass c JOIN ns n ON n.oid = c.opcnamespace JOIN pg_am m ON m.oid = c.opcmethod JOIN pg_opfamily f ON f.oid = c.opcfamily
WHERE ${notOf('pg_opclass', 'c.oid')}`

export const AROUND_SQL: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    publication,
    subscription,
    'foreign data wrapper': foreignDataWrapper,
    server,
    'user mapping': userMapping,
    'text search configuration': configuration,
    'text search dictionary': dictionary,
    'custom collation': customCollation,
    conversion,
    cast,
    operator,
    'operator class': operatorClass,
  }).map(([kind, text]) => [kind, `${WITH}\n${text}`]),
)
