/**
 * What goes to a thread that hashes and comes back, as a few long strings: copying an object for each file from thread to
 * thread costs more than hashing a small one.
 */
import type { Algorithm } from '../store.js'
import type { DigestRoot, FileDigests, FileRequest } from './digest-file.js'

export interface Batch {
  readonly root: DigestRoot
  /** No key holds a NUL. */
  readonly keys: string
  /** One for all, or one for each key. */
  readonly algorithms: string
  /** Becomes other than 0 when nobody waits for the answer any more. */
  readonly stop: Int32Array<SharedArrayBuffer>
}

export function batchOf(root: DigestRoot, requests: readonly FileRequest[], stop: Batch['stop']): Batch {
  const algorithms = requests.map((request) => request.algorithms.join())
  const same = algorithms.every((one) => one === algorithms[0])
  return {
    root,
    keys: requests.map(({ key }) => key).join('\0'),
    algorithms: same ? (algorithms[0] ?? '') : algorithms.join('\0'),
    stop,
  }
}

export function requestsOf({ keys, algorithms }: Batch): readonly FileRequest[] {
  const lists = algorithms.split('\0').map((list) => list.split(',') as Algorithm[])
  const [first = []] = lists
  return keys.split('\0').map((key, index) => ({ key, algorithms: lists.length === 1 ? first : (lists[index] ?? []) }))
}

/** `algorithms` are those of the request, in their order. */
export function answerText(file: FileDigests, algorithms: readonly Algorithm[]): string {
  if ('bytes' in file) return `d${file.bytes} ${algorithms.map((algorithm) => file.digests[algorithm]).join(' ')}`
  if ('entry' in file) return `e${file.entry}`
  if ('error' in file) return `x${file.error}`
  return `p${file.problem}`
}

export function answerOfText(text: string, algorithms: readonly Algorithm[]): FileDigests {
  const rest = text.slice(1)
  switch (text[0]) {
    case 'd': {
      const [bytes, ...hexes] = rest.split(' ')
      return { bytes: Number(bytes), digests: digestsOf(algorithms, hexes) }
    }
    case 'e':
      return { entry: rest }
    case 'x':
      return { error: rest }
    default:
      return { problem: rest as 'absent' | 'behind' | 'changed' }
  }
}

function digestsOf(algorithms: readonly Algorithm[], hexes: readonly string[]) {
  const digests: Partial<Record<Algorithm, string>> = {}
  for (const [index, algorithm] of algorithms.entries()) digests[algorithm] = hexes[index] ?? ''
  return digests
}
