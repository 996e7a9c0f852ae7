/**
 * One look at a directory (or a file) and the mounts it lies on, through a vantage. Judges nothing. Whatever touches the
 * path runs in a child that an abort kills and lets go of; the mount table alone is read without touching any mount.
 */
import { CheckError } from '../lib/errors.js'
import { type Key, keyFromLatin1 } from '../lib/key.js'
import { type Mount, parseMountinfo } from '../lib/mountinfo.js'
import { type RunOptions, runScript } from '../vantage/run.js'
import type { Vantage } from '../vantage/vantage.js'
import { type ToolError, toolError } from './error-text.js'
import { type Records, readRecords } from './records.js'
import { ACCESS, COUNT, LOOK, MOUNTS, READ } from './volume-script.js'

export interface LookRequest {
  /** Absolute. */
  readonly path: string
  /** Where a volume should be mounted, absolute; the path itself, or a directory above it. */
  readonly place: string
  /** Below the path. */
  readonly sentinel?: string | undefined
  readonly paths: readonly string[]
}

export interface Facts {
  readonly type: FileType
  /** `st_dev:st_ino`. */
  readonly identity: string
  readonly owner: number
  readonly group: number
  /** Octal, as chmod takes it: `755`, `2775`. */
  readonly mode: string
  readonly links: number
}

export type FileType = 'file' | 'directory' | 'other'

/** Of a file system; bytes and inodes, exact. `free` is what somebody who is not root may still use. */
export interface Space {
  readonly size: bigint
  readonly free: bigint
  readonly inodes: bigint
  readonly freeInodes: bigint
}

export interface Below {
  readonly found: FileType | ToolError
  /** It is a link, whatever it leads to. */
  readonly link: boolean
  /** Directory of the path below which the same name does exist. */
  readonly deeper: Key | undefined
}

export interface Look {
  readonly facts: Facts | ToolError
  readonly space: Space | ToolError
  /** Without links, as mountinfo names places; undefined where it is not known. */
  readonly real: Key | undefined
  readonly realPlace: Key | undefined
  readonly mountId: number | undefined
  readonly mounts: readonly Mount[]
  /** Undefined where it cannot be listed. `lost+found` does not count. */
  readonly empty: boolean | undefined
  /** Undefined where no name that is there tells. */
  readonly caseSensitive: boolean | undefined
  readonly sentinel: Below | undefined
  readonly paths: readonly Below[]
  /** The same for two looks through one kernel. */
  readonly kernel: string | undefined
}

export interface Options {
  readonly signal: AbortSignal
  readonly user?: string | undefined
}

/** Mount tables of hosts with thousands of containers are some megabytes. */
const LIMIT = 64 * 1024 * 1024

export async function mountsAt(vantage: Vantage, options: Options): Promise<readonly Mount[]> {
  const self = await vantage.self(options)
  const { code, stdout, stderr } = await runScript(vantage, MOUNTS, [self], { ...options, limit: LIMIT })
  const mounts = parseMountinfo(stdout)
  if (code === 0 && mounts.length > 0) return mounts
  throw noTable(vantage, self, stderr)
}

function noTable(vantage: Vantage, self: string, said: string): CheckError {
  const why = said.trim() === '' ? 'it holds no mount' : toolError(said).text
  return new CheckError(`${vantage.label}: the mounts cannot be told: ${self}/mountinfo: ${why}`, {
    hint: 'mounts are looked at on Linux, through sh and cat',
  })
}

export async function lookAt(vantage: Vantage, request: LookRequest, options: Options): Promise<Look> {
  const root = await vantage.root(options)
  const self = await vantage.self(options)
  const args = [root + request.path, root + request.place, self, request.sentinel ?? '', ...request.paths]
  const said = await asked(vantage, LOOK, args, { ...options, limit: LIMIT })
  const table = said.get('mountinfo')
  if (table === undefined) throw noTable(vantage, self, said.get('mountinfo_error') ?? '')
  const mountId = Number(said.get('mount_id') || Number.NaN)
  const kernel = said.get('boot')
  return {
    facts: factsOf(said),
    space: spaceOf(said),
    real: realOf(said, 'real', root),
    realPlace: realOf(said, 'place', root),
    mountId: Number.isNaN(mountId) ? undefined : mountId,
    mounts: parseMountinfo(Buffer.from(table, 'latin1')),
    empty: yes(said.get('empty')),
    caseSensitive: said.has('case') ? said.get('case') === 'sensitive' : undefined,
    sentinel: request.sentinel === undefined ? undefined : belowOf(said, 'sentinel', ''),
    paths: request.paths.map((_, index) => belowOf(said, 'path', ` ${index}`)),
    kernel: kernel === '' ? undefined : kernel,
  }
}

async function asked(vantage: Vantage, script: string, args: readonly string[], options: RunOptions): Promise<Records> {
  const { code, stdout, stderr } = await runScript(vantage, script, args, options)
  const said = readRecords(stdout)
  if (said.size > 0) return said
  const why = stderr.trim() === '' ? `it ended with ${code}` : toolError(stderr).text
  throw new CheckError(`${vantage.label}: it could not be looked at: ${why}`)
}

function factsOf(said: Records): Facts | ToolError {
  const stat = said.get('stat')
  if (stat === undefined) return toolError(said.get('stat_error') ?? '')
  const [mode = '', identity = '', owner, group, bits = '', links] = stat.split(' ')
  return {
    type: typeOf(mode),
    identity,
    owner: Number(owner),
    group: Number(group),
    mode: bits,
    links: Number(links),
  }
}

const DIRECTORY = 0o040000
const FILE = 0o100000

function typeOf(hex: string): FileType {
  const type = Number.parseInt(hex, 16) & 0o170000
  return type === DIRECTORY ? 'directory' : type === FILE ? 'file' : 'other'
}

function spaceOf(said: Records): Space | ToolError {
  const numbers = (said.get('space') ?? '').split(' ')
  if (numbers.length !== 6 || !numbers.every((one) => /^\d+$/.test(one))) {
    return toolError(said.get('space_error') ?? said.get('space') ?? '')
  }
  const [unit = 0n, blocks = 0n, , available = 0n, inodes = 0n, freeInodes = 0n] = numbers.map(BigInt)
  return { size: blocks * unit, free: available * unit, inodes, freeInodes }
}

/**
 * A path is printed with a newline and a dot behind it, so that none of its own is lost. The kernel names a directory
 * that is deleted with a remark. A file's links are followed as text, which seen through another root leads nowhere.
 */
function realOf(said: Records, name: 'real' | 'place', root: string): Key | undefined {
  const directory = said.get(name)
  if (directory?.endsWith('\n.') === true) return keyFromLatin1(directory.slice(0, -2).replace(/ \(deleted\)$/, ''))
  const file = said.get(`${name}_file`)
  return file === undefined || file === '' || root !== '' ? undefined : file
}

function belowOf(said: Records, name: string, number: string): Below {
  const mode = said.get(`${name}${number}`)
  const deeper = said.get(`${name}_deeper${number}`)
  return {
    found: mode === undefined ? toolError(said.get(`${name}_error${number}`) ?? '') : typeOf(mode),
    link: said.has(`${name}_link${number}`),
    deeper: deeper === undefined || deeper === '' ? undefined : deeper,
  }
}

function yes(word: string | undefined): boolean | undefined {
  return word === undefined ? undefined : word === 'yes'
}

export interface Access {
  readonly read: boolean
  /** Undefined where the shell there cannot tell. */
  readonly write: boolean | undefined
  /** Enter, of a directory. */
  readonly search: boolean
  readonly uid: number
  readonly gids: readonly number[]
}

/** What the user of `options` may do there, as the system says it. */
export async function accessTo(vantage: Vantage, path: string, options: Options): Promise<Access> {
  const root = await vantage.root(options)
  const said = await asked(vantage, ACCESS, [root + path], options)
  return {
    read: said.get('r') === 'yes',
    write: said.get('w') === 'unsure' ? undefined : said.get('w') === 'yes',
    search: said.get('x') === 'yes',
    uid: Number(said.get('uid')),
    gids: (said.get('gids') ?? '').split(' ').map(Number),
  }
}

/** Entries of a directory, without those of its directories; `lost+found` does not count. Or what keeps it from being read. */
export async function entriesIn(vantage: Vantage, path: string, options: Options): Promise<number | ToolError> {
  const root = await vantage.root(options)
  const { stdout, stderr } = await runScript(vantage, COUNT, [root + path], options)
  const text = stdout.toString().trim()
  return stderr === '' && /^\d+$/.test(text) ? Number(text) : toolError(stderr)
}

/** The first bytes of a file. For comparing, never for showing. */
export async function contentOf(
  vantage: Vantage,
  path: string,
  bytes: number,
  options: Options,
): Promise<Buffer | ToolError> {
  const root = await vantage.root(options)
  const { code, stdout, stderr } = await runScript(vantage, READ, [root + path, String(bytes)], options)
  return code === 0 ? stdout : toolError(stderr)
}

export function isToolError(found: object | string | number): found is ToolError {
  return typeof found === 'object' && 'text' in found
}
