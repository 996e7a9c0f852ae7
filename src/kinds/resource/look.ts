/** One look from a vantage at what the check measures. */
import { CheckError } from '../../lib/errors.js'
import { type FilesystemRoom, filesystemRoom, type Room } from '../../probes/filesystem.js'
import { cgroupLimits } from '../../probes/limits.js'
import { machineFiles, machineMemory, machineProcesses, machineSwap } from '../../probes/machine.js'
import { processFiles } from '../../probes/process-files.js'
import type { Supply } from '../../probes/supply.js'
import type { Vantage } from '../../vantage/vantage.js'
import type { ResourceSpec } from './kind.js'
import { resourceOf } from './measures.js'
import type { Looked } from './observation.js'

interface Options {
  readonly signal: AbortSignal
}

export async function look(spec: ResourceSpec, vantage: Vantage, options: Options): Promise<Looked> {
  switch (resourceOf(spec.measure)) {
    case 'disk':
      return room(await roomBehind(vantage, spec.path ?? '/', options), 'bytes', spec.path ?? '/')
    case 'inodes':
      return room(await roomBehind(vantage, spec.path ?? '/', options), 'inodes', spec.path ?? '/')
    case 'shm': {
      const path = spec.path ?? '/dev/shm'
      return room(await roomBehind(vantage, path, options), 'bytes', path)
    }
    case 'memory': {
      const machine = await machineMemory(vantage, options)
      if (machine === undefined) throw unreadable(vantage, '/proc/meminfo')
      const limits = await cgroupLimits(vantage, 'memory', options)
      return { supplies: [...limits, machine], otherwise: '' }
    }
    case 'processes': {
      const machine = await machineProcesses(vantage, options)
      const limits = await cgroupLimits(vantage, 'pids', options)
      return { supplies: [...limits, ...listed(machine)], otherwise: 'no limit on processes can be seen from here' }
    }
    case 'swap': {
      const swap = await machineSwap(vantage, options)
      if (swap === undefined) throw unreadable(vantage, '/proc/meminfo')
      return { supplies: swap.total === 0 ? [] : [swap], otherwise: 'the machine has no swap' }
    }
    default:
      return spec.process === undefined
        ? {
            supplies: listed(await machineFiles(vantage, options)),
            otherwise: 'the machine sets no limit on open files',
          }
        : filesOf(spec.process, vantage, options)
  }
}

async function roomBehind(vantage: Vantage, path: string, options: Options): Promise<FilesystemRoom> {
  const found = await filesystemRoom(vantage, path, options)
  if (found !== undefined) return found
  throw new CheckError(`${vantage.label}: there is no ${path}`, { at: { path: ['path'] } })
}

function room(found: FilesystemRoom, which: 'bytes' | 'inodes', path: string): Looked {
  const { method } = found
  const counted = found[which]
  if (counted === undefined)
    return { supplies: [], otherwise: `the file system behind ${path} counts no ${which}`, method }
  const other = which === 'bytes' ? found.inodes : undefined
  const notes =
    other !== undefined && share(other) < share(counted)
      ? [`inodes run out before bytes: ${other.free} of ${other.used + other.free} are free`]
      : []
  const limit = `the file system behind ${path}`
  return { supplies: [{ used: counted.used, total: counted.used + counted.free, limit }], otherwise: '', notes, method }
}

function share({ used, free }: Room): number {
  return free / Math.max(1, used + free)
}

async function filesOf(process: string, vantage: Vantage, options: Options): Promise<Looked> {
  const { supplies, found, hidden } = await processFiles(vantage, process, options)
  if (found === 0 && hidden === 0) {
    const hint = 'write the name of the program without its directory'
    throw new CheckError(`${vantage.label}: no process named ${process} runs`, { at: { path: ['process'] }, hint })
  }
  if (hidden === 0) return { supplies, otherwise: `${process} has no limit on open files` }
  // The one that is hidden may be the worst.
  const only = 'only their own user and root may see their open files'
  return { supplies: [], otherwise: `not every process named ${process} can be looked at: ${only}` }
}

function listed(supply: Supply | undefined): readonly Supply[] {
  return supply === undefined ? [] : [supply]
}

function unreadable(vantage: Vantage, file: string): CheckError {
  return new CheckError(`${vantage.label}: ${file} cannot be read`, { hint: 'this is measured on Linux only' })
}
