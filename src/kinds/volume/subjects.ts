/** Every name a volume check can be judged by. */
import type { Level, MatcherInput } from '../../judge/matcher.js'
import type { Observed, SubjectSpec } from '../kind.js'
import { expectedPaths, type VolumeSpec } from './schema.js'
import { TREE } from './tree-subjects.js'

const OK = (matcher: MatcherInput, level: Level = 'expect') => ({ default: { level, matcher } })

const MOUNT: readonly SubjectSpec[] = [
  {
    name: 'mounted',
    type: 'boolean',
    meaning: 'Whether `mount_point` is one, and `path` lies on that very mount.',
    ...OK(true),
  },
  { name: 'mount_point', type: 'text', meaning: 'Where the mount that `path` really lies on is mounted.' },
  { name: 'type', type: 'text', meaning: 'File system of that mount: ext4, nfs4, overlay, fuse.sshfs.' },
  { name: 'source', type: 'text', meaning: 'What is mounted: a device, nas01:/exports/uploads.' },
  {
    name: 'root',
    type: 'text',
    meaning:
      'Which part of the file system is mounted: / for all of it, for a bind mount the directory on its file system as it is called now.',
  },
  {
    name: 'options',
    type: 'list',
    meaning: 'Options of the mount and of its file system; `ro` if either says so.',
  },
  { name: 'propagation', type: 'text', meaning: 'private, shared, slave, shared+slave or unbindable.' },
  {
    name: 'read_only',
    type: 'boolean',
    meaning: 'Whether the mount or its file system says so. Writing is what proves the contrary: `writable`.',
  },
  {
    name: 'stacked',
    type: 'count',
    unit: 'mounts',
    meaning: 'Mounts on that very mount point; only the last can be seen. Automounts do not count.',
    ...OK({ lte: 1 }, 'warn'),
  },
  {
    name: 'deleted',
    type: 'boolean',
    meaning: 'Whether what was bind-mounted has been deleted or replaced at its origin.',
    ...OK(false),
  },
  {
    name: 'anonymous',
    type: 'boolean',
    meaning: 'Whether it is a volume nobody gave a name, left behind when the container is made anew.',
    ...OK(false, 'warn'),
  },
  {
    name: 'persistent',
    type: 'boolean',
    meaning: 'Whether what is written outlives a restart: neither in memory nor in the writable layer of a container.',
    ...OK(true, 'warn'),
  },
]

const ROOM: readonly SubjectSpec[] = [
  { name: 'size', type: 'size', meaning: 'Size of the file system.' },
  { name: 'free', type: 'size', of: 'size', meaning: 'What users other than root can still write.' },
  { name: 'inodes', type: 'count', unit: 'inodes', meaning: 'Most files the file system can hold.' },
  { name: 'free_inodes', type: 'count', unit: 'inodes', of: 'inodes', meaning: 'Files that can still be made.' },
]

const DIRECTORY: readonly SubjectSpec[] = [
  { name: 'owner', type: 'integer', meaning: 'User id that owns `path`.' },
  { name: 'group', type: 'integer', meaning: 'Group id of `path`.' },
  { name: 'mode', type: 'text', meaning: 'Permission bits of `path`, octal as chmod takes them: "755", "2775".' },
  { name: 'links', type: 'count', unit: 'links', meaning: 'Names of `path` on its file system; 0 when it is deleted.' },
  { name: 'empty', type: 'boolean', meaning: 'Whether nothing but lost+found lies in `path`.' },
  {
    name: 'entries',
    type: 'count',
    unit: 'entries',
    meaning: 'Entries right in `path`, lost+found not counted.',
  },
  { name: 'case_sensitive', type: 'boolean', meaning: 'Whether names that differ in case alone are two names.' },
]

const ACCESS: readonly SubjectSpec[] = [
  { name: 'readable', type: 'boolean', meaning: 'Whether the user may list `path` and enter it.' },
  {
    name: 'writable',
    type: 'boolean',
    meaning:
      'Whether a file could be created, written, forced to disk, renamed and deleted. True only after it was done, with --allow-writes.',
  },
  { name: 'new_owner', type: 'integer', meaning: 'User id that owned the probe file; needs the write probe.' },
  { name: 'new_group', type: 'integer', meaning: 'Group id of the probe file; needs the write probe.' },
  { name: 'new_mode', type: 'text', meaning: 'Permission bits of the probe file: "644"; needs the write probe.' },
  {
    name: 'normalizes',
    type: 'boolean',
    meaning: 'Whether two spellings of é are one name here; needs the write probe.',
  },
]

/** Asserting one of these asks for the write probe. */
export const PROBED: readonly string[] = ['writable', 'new_owner', 'new_group', 'new_mode', 'normalizes']

export function subjects(spec: VolumeSpec): readonly SubjectSpec[] {
  const paths = expectedPaths(spec)
  return [
    ...MOUNT,
    ...ROOM,
    ...DIRECTORY,
    ...ACCESS,
    given(spec.sentinel, 'no `sentinel` is given', {
      name: 'sentinel',
      type: 'boolean',
      meaning: 'Whether the sentinel is there and has the expected id.',
      ...OK(true),
    }),
    given(spec.paths, 'no `paths` are given', {
      name: 'paths',
      type: 'count',
      unit: 'paths',
      meaning: 'Paths that must exist.',
    }),
    given(spec.paths, 'no `paths` are given', {
      name: 'missing_paths',
      type: 'count',
      unit: 'paths',
      of: 'paths',
      meaning: 'Of those, the ones that do not exist.',
      ...OK(0),
    }),
    given(
      paths.find(({ type }) => type !== undefined),
      'none of `paths` has a `type`',
      {
        name: 'mistyped_paths',
        type: 'count',
        unit: 'paths',
        of: 'paths',
        meaning: 'Of those, the ones that exist and are not what they must be.',
        ...OK(0),
      },
    ),
    ...TREE.map((subject) => given(spec.tree, 'no `tree` is asked for', subject)),
    given(spec.same_as, 'no `same_as` is given', {
      name: 'same',
      type: 'boolean',
      meaning: 'Whether the other vantage sees the very same directory.',
      ...OK(true),
    }),
  ]
}

function given(field: unknown, unobserved: string, subject: SubjectSpec): SubjectSpec {
  if (field !== undefined) return subject
  const { default: _, ...rest } = subject
  return { ...rest, unobserved }
}

const ENGINE: readonly SubjectSpec[] = [
  {
    name: 'engine:source',
    type: 'text',
    meaning: 'Directory of the host, or volume, the engine says is mounted there.',
  },
  { name: 'engine:type', type: 'text', meaning: 'bind, volume or tmpfs, as the engine says.' },
  { name: 'engine:writable', type: 'boolean', meaning: 'Whether the engine says it is mounted for writing.' },
  { name: 'engine:propagation', type: 'text', meaning: 'rprivate, rslave or rshared, as the engine was told.' },
  {
    name: 'engine:anonymous',
    type: 'list',
    meaning: 'Paths of the container at which volumes without a name are mounted.',
  },
  {
    name: 'engine:unmounted',
    type: 'list',
    meaning: 'Paths the image declares as volumes and on which nothing is mounted.',
  },
  { name: 'engine:shm_size', type: 'size', meaning: 'Size of /dev/shm the engine was told.' },
  { name: 'engine:image', type: 'text', meaning: 'Image of the container, by digest or id.' },
]

/** What the engine says of the container from outside; measured where it is asserted, and there is an engine. */
export function engineSubject(name: string): SubjectSpec | undefined {
  return ENGINE.find((subject) => subject.name === name)
}

export const ENGINE_FORMS = ENGINE.map(({ name }) => name)

/** Every subject that is declared has a value or a reason. */
export function filled(
  spec: VolumeSpec,
  observed: Readonly<Record<string, Observed>>,
  reason: string,
): Readonly<Record<string, Observed>> {
  const rest = subjects(spec).filter(({ name }) => !Object.hasOwn(observed, name))
  return {
    ...observed,
    ...Object.fromEntries(rest.map(({ name, unobserved }) => [name, { unobserved: unobserved ?? reason }])),
  }
}
