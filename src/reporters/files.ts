/** Reports in files: written beside their place and renamed into it, so that nobody ever reads half a report. */
import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { Litter } from '../lib/litter.js'

export interface ReportFile {
  readonly out: Writable
  /** Ends the file and puts it in its place. Rejects with the first error of the stream, the disk or the rename. */
  readonly commit: () => Promise<void>
  /** Leaves the place as it was. */
  readonly discard: () => Promise<void>
}

/** Opens at once, so that a wrong path is known before anything has run. Missing directories are made. */
export async function openReportFile(path: string, litter?: Litter): Promise<ReportFile> {
  const target = await realpath(path).catch(() => path)
  const there = await stat(target).catch(() => undefined)
  if (there?.isDirectory()) throw new Error(`EISDIR: ${path} is a directory`)
  // A pipe or a device is written to as it is; renaming over it would destroy it.
  const direct = there !== undefined && !there.isFile()
  await mkdir(dirname(target), { recursive: true })
  const partial = join(dirname(target), `.${basename(target)}.${randomBytes(4).toString('hex')}.partial`)
  if (direct) return stream(await open(target, 'w'), undefined)
  const file = await open(partial, 'wx')
  return stream(file, { partial, target, forget: litter?.add(partial) ?? (() => {}) })
}

/** What stands in the place of a report; undefined where nothing does, or nothing that a report could be. */
export async function readEarlier(path: string): Promise<string | undefined> {
  const there = await stat(path).catch(() => undefined)
  if (there?.isFile() !== true || there.size > MOST_EARLIER) return undefined
  return readFile(path, 'utf8').catch(() => undefined)
}

const MOST_EARLIER = 50_000_000

function stream(
  file: FileHandle,
  place: { readonly partial: string; readonly target: string; readonly forget: () => void } | undefined,
): ReportFile {
  const out = file.createWriteStream()
  let failed: Error | undefined
  out.on('error', (error) => {
    failed ??= error
  })
  const commit = async (): Promise<void> => {
    try {
      if (failed === undefined) {
        out.end()
        await finished(out)
      }
      if (failed !== undefined) throw failed
      if (place !== undefined) await rename(place.partial, place.target)
    } catch (error) {
      if (place !== undefined) await rm(place.partial, { force: true })
      throw error
    } finally {
      place?.forget()
    }
  }
  const discard = async (): Promise<void> => {
    out.destroy()
    await finished(out).catch(() => undefined)
    if (place !== undefined) await rm(place.partial, { force: true })
    place?.forget()
  }
  return { out, commit, discard }
}
