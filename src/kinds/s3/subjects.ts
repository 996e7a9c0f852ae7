/** What a check of kind s3 can measure. The settings of a bucket are asked for only where an assertion names them. */
import type { SubjectSpec } from '../kind.js'
import type { S3CheckSpec } from './kind.js'

const holds = { level: 'expect', matcher: true } as const

const REACH: readonly SubjectSpec[] = [
  {
    name: 'reachable',
    type: 'boolean',
    meaning: 'The bucket answered something to these credentials.',
    default: holds,
  },
  {
    name: 'failed_step',
    type: 'text',
    meaning:
      'Where it broke off: name, connect, handshake, response, credentials, clock, region, bucket, list, object, read. none where it did not.',
  },
  { name: 'credentials', type: 'boolean', meaning: 'The store knows the credentials.' },
  { name: 'region', type: 'text', meaning: 'Where the bucket lies.' },
  { name: 'region_matches', type: 'boolean', meaning: 'It is the region of the connection.' },
  { name: 'clock_skew', type: 'duration', meaning: 'How far the clocks of the store and of this machine are apart.' },
  { name: 'listable', type: 'boolean', meaning: 'The bucket can be listed.' },
]

const OBJECT: readonly SubjectSpec[] = [
  {
    name: 'readable',
    type: 'boolean',
    meaning: 'The first byte of the object was read: with GET, which unlike HEAD needs the right to decrypt.',
    default: holds,
  },
  { name: 'object_size', type: 'size', meaning: 'Its size.' },
  { name: 'storage_class', type: 'text', meaning: 'Its storage class.' },
  { name: 'archived', type: 'boolean', meaning: 'It must be restored before it can be read.' },
  { name: 'content_type', type: 'text', meaning: 'Its Content-Type; empty where it has none.' },
  { name: 'cache_control', type: 'text', meaning: 'Its Cache-Control; empty where it has none.' },
  { name: 'content_encoding', type: 'text', meaning: 'Its Content-Encoding; empty where it has none.' },
  { name: 'content_disposition', type: 'text', meaning: 'Its Content-Disposition; empty where it has none.' },
  { name: 'object_encryption', type: 'text', meaning: 'How it is encrypted: AES256, aws:kms, customer, none …' },
  {
    name: 'object_replication',
    type: 'text',
    meaning: 'Its state of replication: COMPLETED, PENDING, FAILED, REPLICA; none where no rule covers it.',
  },
]

const PUBLIC: SubjectSpec = {
  name: 'public_refused',
  type: 'count',
  unit: 'keys',
  meaning: 'Keys of `anonymous.public` that are not to be had without credentials.',
  default: { level: 'expect', matcher: 0 },
}

const PRIVATE: SubjectSpec = {
  name: 'private_readable',
  type: 'count',
  unit: 'keys',
  meaning: 'Keys of `anonymous.private` that anybody can read.',
  default: { level: 'expect', matcher: 0 },
}

const LIST: SubjectSpec = {
  name: 'anonymous_list',
  type: 'boolean',
  meaning: 'Anybody can list the bucket.',
  default: { level: 'expect', matcher: false },
}

const CORS: readonly SubjectSpec[] = [
  { name: 'cors', type: 'boolean', meaning: 'Browsers let the pages of every origin do what they ask for.' },
  {
    name: 'cors_refused',
    type: 'count',
    unit: 'origins',
    meaning: 'Origins whose pages a browser would hold back.',
    default: { level: 'expect', matcher: 0 },
  },
]

const WRITE: readonly SubjectSpec[] = [
  {
    name: 'writable',
    type: 'boolean',
    meaning: 'One object was written, read back, deleted and found gone.',
    default: holds,
  },
  {
    name: 'write_failed_step',
    type: 'text',
    meaning: 'Where that broke off: put, head, get, multipart, delete, verify. none where it did not.',
  },
]

export const SETTING_SUBJECTS = [
  { name: 'versioning', type: 'text', meaning: 'enabled, suspended or off.' },
  { name: 'encryption', type: 'text', meaning: 'What new objects are encrypted with: AES256, aws:kms …, or none.' },
  { name: 'public_access_blocked', type: 'boolean', meaning: 'All four settings that block public access are on.' },
  {
    name: 'policy_public',
    type: 'boolean',
    meaning: "S3 takes the bucket's policy for public. ACLs are no part of it; `anonymous` tries what counts.",
  },
  {
    name: 'object_ownership',
    type: 'text',
    meaning: 'BucketOwnerEnforced (an upload with an ACL is refused), BucketOwnerPreferred, ObjectWriter or none.',
  },
  { name: 'lifecycle_rules', type: 'count', unit: 'rules', meaning: 'Lifecycle rules that are on.' },
  {
    name: 'expiring_rules',
    type: 'count',
    unit: 'rules',
    meaning: 'Lifecycle rules that would delete current objects below the prefix.',
  },
  { name: 'object_lock', type: 'text', meaning: 'off, enabled, or its default: governance, compliance.' },
  { name: 'replication_rules', type: 'count', unit: 'rules', meaning: 'Replication rules that are on.' },
  {
    name: 'notifications',
    type: 'count',
    unit: 'targets',
    meaning: 'Functions, queues, topics and event buses that are told of changes.',
  },
] as const satisfies readonly SubjectSpec[]

export const LISTING_SUBJECTS = [
  {
    name: 'abandoned_uploads',
    type: 'count',
    unit: 'uploads',
    meaning: 'Uploads in parts, begun before `uploads_older_than` and never ended. Reads the list of all.',
  },
  {
    name: 'delete_markers',
    type: 'count',
    unit: 'keys',
    meaning: 'Keys hidden by a delete marker. Reads the list of all versions below the prefix.',
  },
  { name: 'objects', type: 'count', unit: 'objects', meaning: 'Objects below the prefix. Reads the whole list.' },
  {
    name: 'newest_age',
    type: 'duration',
    meaning:
      'Age of the object written last: of an old bucket, whether somebody still writes to it. Reads the whole list.',
  },
] as const satisfies readonly SubjectSpec[]

export function subjects({ read, anonymous, cors, write }: S3CheckSpec): readonly SubjectSpec[] {
  return [
    ...REACH,
    ...when(read, '`read: false`: no object is looked at', OBJECT),
    ...when(anonymous?.public !== undefined, 'needs `anonymous: { public: [keys] }`', [PUBLIC]),
    ...when(anonymous?.private !== undefined, 'needs `anonymous: { private: [keys] }`', [PRIVATE]),
    ...when(anonymous?.list === true, 'needs `anonymous: { list: true }`', [LIST]),
    ...when(cors !== undefined, 'needs `cors: { origins: [...] }`', CORS),
    ...when(write !== undefined, 'needs `write: {}`', WRITE),
    ...SETTING_SUBJECTS,
    ...LISTING_SUBJECTS,
  ]
}

function when(asked: boolean, unobserved: string, specs: readonly SubjectSpec[]): readonly SubjectSpec[] {
  return asked ? specs : specs.map(({ default: _, ...spec }) => ({ ...spec, unobserved }))
}
