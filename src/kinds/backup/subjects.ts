/** What a backup check comes back with. */
import type { SubjectSpec } from '../kind.js'
import { type BackupSpec, POSTGRES_FORMATS } from './schema.js'

export function backupSubjects(spec: BackupSpec): readonly SubjectSpec[] {
  const { format, copy, restore, contains } = spec
  const plain = format?.includes('plain') === true || format?.startsWith('pg_dumpall') === true
  const foreign = format !== undefined && !(POSTGRES_FORMATS as readonly string[]).includes(format)
  const untold = foreign ? { unobserved: `a backup of format ${format} does not say it` } : {}
  const uncopied = copy === undefined ? { unobserved: 'the check names no second store; add copy:' } : {}
  const unrestored = restore === undefined ? { unobserved: 'the check restores nothing; add restore:' } : {}
  const unlisted =
    format === 'gz' || format === 'zst' || format?.startsWith('mysql') === true
      ? { unobserved: `a backup of format ${format} has no table of contents` }
      : plain && contains === undefined
        ? { unobserved: 'a plain dump is read whole only where `contains` asks for names' }
        : {}
  return [
    {
      name: 'count',
      type: 'count',
      unit: 'backups',
      meaning: 'Backups there are.',
      default: { level: 'expect', matcher: { gte: 1 } },
    },
    { name: 'newest', type: 'text', meaning: 'Key of the newest backup, by the time the store gives.' },
    { name: 'newest_age', type: 'duration', meaning: 'Since the newest was written, by the store.' },
    { name: 'oldest_age', type: 'duration', meaning: 'Since the oldest was written.' },
    { name: 'span', type: 'duration', meaning: 'From the oldest to the newest: how far back one can go.' },
    {
      name: 'newest_size',
      type: 'size',
      of: 'previous_size',
      meaning: 'Size of the newest; a percentage is one of the backup before it.',
    },
    { name: 'previous_size', type: 'size', meaning: 'Size of the backup before the newest.' },
    {
      name: 'readable',
      type: 'boolean',
      meaning:
        spec.verify === 'end'
          ? 'Whether header, table of contents and end of the newest are there and sound.'
          : 'Whether header and table of contents of the newest are there and sound; its end was not asked for.',
      default: { level: 'expect', matcher: true },
    },
    { name: 'format', type: 'text', meaning: 'What the newest is, by its content: pg_custom, tar.gz.' },
    { name: 'entries', type: 'count', unit: 'entries', meaning: 'Entries in its table of contents.', ...unlisted },
    {
      name: 'data_entries',
      type: 'count',
      unit: 'entries',
      meaning: 'Entries with rows or large objects in an archive of pg_dump; 0 is a schema without data.',
      ...(foreign || plain ? { unobserved: 'only archives of pg_dump say it' } : {}),
    },
    {
      name: 'made_age',
      type: 'duration',
      meaning: 'Since the newest was made by its own account, which copying does not change. See `time_zone`.',
      ...untold,
    },
    { name: 'database', type: 'text', meaning: 'Database that was dumped.', ...untold },
    { name: 'server_version', type: 'text', meaning: 'Version of the server that was dumped.', ...untold },
    {
      name: 'missing_contents',
      type: 'count',
      unit: 'names',
      meaning: 'Names of `contains` that the table of contents does not have.',
      ...(contains === undefined ? { unobserved: 'the check names nothing it must contain; add contains:' } : {}),
      default: { level: 'expect', matcher: 0 },
    },
    { name: 'copies', type: 'count', unit: 'backups', meaning: 'Backups whose copy is there.', ...uncopied },
    {
      name: 'missing_copy',
      type: 'count',
      unit: 'backups',
      meaning: 'Backups without a copy in the second store, or with one of another size.',
      ...uncopied,
      default: { level: 'expect', matcher: 0 },
    },
    {
      name: 'restored',
      type: 'boolean',
      meaning: 'Whether the program that restores came to its end.',
      ...unrestored,
      default: { level: 'expect', matcher: true },
    },
    { name: 'restore_time', type: 'duration', meaning: 'How long restoring took.', ...unrestored },
    {
      name: 'restore_errors',
      type: 'count',
      unit: 'errors',
      meaning: 'Errors the program went on after.',
      ...unrestored,
      default: { level: 'expect', matcher: 0 },
    },
  ]
}
