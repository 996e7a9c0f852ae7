/** What whoever compiles and whoever loads what was compiled must agree on. */
import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import vm from 'node:vm'
import { crc32 } from 'node:zlib'

/** Where the code of the package lies, with a separator at its end. */
export const PACKAGED = fileURLToPath(new URL('../', import.meta.url))

/**
 * V8 takes what another build of the same version made, and dies of it. So each program has a place of its own, by all
 * that can be seen of it without reading it.
 */
function program(): string {
  // It may have been replaced by now, and a thread starts only then.
  const { size, mtimeMs } = statSync(process.execPath, { throwIfNoEntry: false }) ?? {}
  const seen = JSON.stringify([process.versions, process.config.variables, process.execPath, size, mtimeMs])
  return `${process.version}-${process.platform}-${process.arch}-${crc32(seen).toString(16)}`
}

/** What was compiled for this program, file by file. */
export const COMPILED = path.join(PACKAGED, '../compiled', program())

const HEAD = '(function(exports,require,module,__filename,__dirname){'

export interface Code {
  readonly file: string
  readonly bytes: Buffer
}

export function codeOf(file: string): Code {
  return { file, bytes: readFileSync(file) }
}

/** A function of what Node gives to a module. Places in it are those of the file. */
export function scriptOf({ file, bytes }: Code, cachedData?: Buffer): vm.Script {
  return new vm.Script(`${HEAD}${bytes.toString()}\n})`, {
    filename: file,
    columnOffset: -HEAD.length,
    ...(cachedData && { cachedData }),
  })
}

const SUM = 4

/** V8 looks neither whether it is of this code (but for its length) nor whether it is as it was. */
export function sealed({ bytes }: Code, compiled: Buffer): Buffer {
  const sums = Buffer.alloc(2 * SUM)
  sums.writeUInt32LE(crc32(bytes))
  sums.writeUInt32LE(crc32(compiled), SUM)
  return Buffer.concat([sums, compiled])
}

/** What was sealed for this code; undefined where it is not there, or not whole, or of other code. */
export function unsealed({ file, bytes }: Code): Buffer | undefined {
  try {
    const all = readFileSync(compiledPath(COMPILED, file))
    const compiled = all.subarray(2 * SUM)
    const isOurs = all.readUInt32LE() === crc32(bytes) && all.readUInt32LE(SUM) === crc32(compiled)
    return isOurs ? compiled : undefined
  } catch {
    return undefined
  }
}

export function compiledPath(directory: string, file: string): string {
  return path.join(directory, `${path.relative(PACKAGED, file)}.v8`)
}
