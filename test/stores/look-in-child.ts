/**
 * Looks at a files store in a process of its own, for tests that need another user or another set of mounts. Takes one
 * JSON argument, prints one JSON line. Modules are loaded before rights are given up.
 */
import { fileURLToPath } from 'node:url'
import type { FilesSpec } from '../../src/connections/schema.js'
import { connectionSchema } from '../../src/connections/schema.js'
import { keyFromText } from '../../src/lib/key.js'
import { openFilesStore } from '../../src/stores/files/anywhere.js'
import { MOUNT_TABLES } from '../../src/stores/files/mounts.js'
import { type Gap, StoreError } from '../../src/stores/store.js'

export interface ChildRequest {
  readonly spec: { readonly root: string; readonly mounted?: boolean; readonly symlinks?: 'inside' | 'ignore' }
  readonly fstab?: string
  /** Become this user first. */
  readonly uid?: number
  readonly stat?: readonly string[]
  readonly digest?: readonly string[]
  /** List only keys after this one. */
  readonly after?: string
  /** Ask for names alone. */
  readonly names?: boolean
  /** False: only with Node's own calls. */
  readonly libc?: boolean
  /** How long each answer is waited for. */
  readonly waitMs?: number
}

export interface ChildAnswer {
  /** What `probe` failed with. */
  readonly probe?: string
  readonly list: string | { readonly keys: readonly string[]; readonly gaps: readonly Gap[] }
  /** Of each key asked for: its size, `absent`, or what it failed with. */
  readonly stat: readonly (number | string | undefined)[]
  /** Of each key asked for: bytes that were hashed, or what it failed with. */
  readonly digest: readonly (number | string | undefined)[]
}

async function look(request: ChildRequest): Promise<ChildAnswer> {
  const { spec, fstab, uid, stat = [], digest = [], after = '', names = false, libc, waitMs = 60_000 } = request
  const want = { size: !names, modified: !names }
  const tables = { ...MOUNT_TABLES, ...(fstab === undefined ? {} : { fstab }) }
  const store = openFilesStore('files', connectionSchema.parse({ type: 'files', ...spec }) as FilesSpec, {
    tables,
    libc,
  })
  if (uid !== undefined) {
    process.setgroups?.([])
    process.setegid?.(uid)
    process.seteuid?.(uid)
  }
  const options = () => ({ signal: AbortSignal.timeout(waitMs) })
  const keys: string[] = []
  const gaps: Gap[] = []
  const probe = await store.probe(options()).then(() => undefined, told)
  const list = await (async () => {
    for await (const page of store.list({ after: keyFromText(after), want, ...options() })) {
      keys.push(
        ...page.entries.map(({ key, unreadable }) => (unreadable === undefined ? key : `${key}: ${unreadable}`)),
      )
      gaps.push(...(page.gaps ?? []))
    }
    return { keys, gaps }
  })().catch(told)
  const sizes: (number | string | undefined)[] = []
  for (const key of stat) {
    sizes.push(
      await store.stat(keyFromText(key), options()).then((entry) => entry?.unreadable ?? entry?.size ?? 'absent', told),
    )
  }
  const requests = digest.map((key) => ({ key: keyFromText(key), algorithms: ['md5' as const] }))
  const digested = (await store.digester?.digest(requests, options())) ?? []
  await store.close()
  return {
    ...(probe === undefined ? {} : { probe }),
    list,
    stat: sizes,
    digest: digested.map((one) => (one instanceof StoreError ? told(one) : one?.bytes)),
  }
}

function told(error: unknown): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'no answer'
  if (error instanceof StoreError) return `${error.code}: ${error.message}`
  throw error
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(JSON.stringify(await look(JSON.parse(process.argv[2] ?? '') as ChildRequest)))
}
