/** One object: what HEAD says of it, and whether it can be read. */
import type { BucketSession } from '../../stores/s3/bucket.js'
import { headOf, type ListedObject, type ObjectHead, readFirstByte } from '../../stores/s3/objects.js'
import type { Trouble } from '../../stores/s3/trouble.js'
import type { Observed } from '../kind.js'
import type { Failed } from './reach.js'
import { allUnobserved, type Subjects, unobserved } from './told.js'

export interface LookedAtObject {
  readonly subjects: Subjects
  /** Something came that only comes to whoever is let in. */
  readonly answered: boolean
  readonly failed?: Failed | undefined
  readonly key?: string
}

const HEAD_SUBJECTS = [
  'object_size',
  'storage_class',
  'archived',
  'content_type',
  'cache_control',
  'content_encoding',
  'content_disposition',
  'object_encryption',
  'object_replication',
] as const
export const OBJECT_SUBJECTS: readonly string[] = ['readable', ...HEAD_SUBJECTS]

/** One that has content and can be read at once, if there is any; never the placeholder of a folder. */
export function pickObject(listed: readonly ListedObject[]): string | undefined {
  const objects = listed.filter(({ key, size }) => size > 0 || !key.endsWith('/'))
  const good = objects.find(({ size, storageClass }) => size > 0 && !/^(GLACIER|DEEP_ARCHIVE)$/.test(storageClass))
  return (good ?? objects[0])?.key
}

/** `blind`: the bucket cannot be listed, so what is missing is refused, too. */
export async function lookAtObject(session: BucketSession, key: string, blind: boolean): Promise<LookedAtObject> {
  const head = await headOf(session, key)
  if ('trouble' in head && head.trouble.kind === 'absent') {
    const why = head.trouble.deleteMarker === true ? 'it is hidden by a delete marker' : 'there is no such object'
    const trouble = about(key, { ...head.trouble, message: why })
    const subjects = { ...allUnobserved(HEAD_SUBJECTS, trouble.message), readable: false }
    return { subjects, answered: true, failed: { step: 'object', trouble }, key }
  }
  const read = await readFirstByte(session, key, 'answer' in head ? head.answer.size : 1)
  const failed = 'trouble' in read ? failedToRead(key, read.trouble, head, blind) : undefined
  const told = 'answer' in head ? headSubjects(head.answer) : allUnobserved(HEAD_SUBJECTS, head.trouble.message)
  return {
    subjects: { ...told, readable: 'answer' in read ? true : readable(read.trouble) },
    answered: 'answer' in head || 'answer' in read,
    failed,
    key,
  }
}

function readable(trouble: Trouble): Observed {
  const proven = ['refused', 'archived', 'absent'].includes(trouble.kind)
  return proven ? false : unobserved(trouble)
}

function failedToRead(
  key: string,
  trouble: Trouble,
  head: { readonly answer: ObjectHead } | { readonly trouble: Trouble },
  blind: boolean,
): Failed {
  if (trouble.kind !== 'refused') return { step: 'read', trouble: about(key, trouble) }
  if ('trouble' in head) {
    const missing = blind ? ', or the object is: without s3:ListBucket a missing one is refused, too' : ''
    const message = `${trouble.message}: the right s3:GetObject is missing${missing}`
    return { step: 'object', trouble: about(key, { ...trouble, message }) }
  }
  const kms = head.answer.encryption.startsWith('aws:kms')
  const right = kms ? 'kms:Decrypt for its key (or s3:GetObject)' : 's3:GetObject'
  const message = `HEAD answers, and GET ${trouble.message}: the right ${right} is missing`
  return { step: 'read', trouble: about(key, { ...trouble, message }) }
}

function about(key: string, trouble: Trouble): Trouble {
  return { ...trouble, message: `${JSON.stringify(key)}: ${trouble.message}` }
}

function headSubjects(head: ObjectHead): Subjects {
  return {
    object_size: head.size,
    storage_class: head.storageClass,
    archived: head.archived,
    content_type: head.contentType,
    cache_control: head.cacheControl,
    content_encoding: head.contentEncoding,
    content_disposition: head.contentDisposition,
    object_encryption: head.encryption,
    object_replication: head.replication,
  }
}
