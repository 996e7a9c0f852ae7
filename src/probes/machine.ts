/** What the kernel says of the machine under a vantage, read from /proc. */
import type { Vantage } from '../vantage/vantage.js'
import { readSmallFiles } from './small-files.js'
import type { Supply } from './supply.js'

interface Options {
  readonly signal: AbortSignal
}

/** Undefined where /proc does not say so. */
export async function machineMemory(vantage: Vantage, options: Options): Promise<Supply | undefined> {
  const [meminfo = ''] = await readSmallFiles(vantage, ['/proc/meminfo'], options)
  return supplyOfMeminfo(meminfo, 'MemTotal', 'MemAvailable', 'the memory of the machine')
}

/** A total of 0 is no swap. */
export async function machineSwap(vantage: Vantage, options: Options): Promise<Supply | undefined> {
  const [meminfo = ''] = await readSmallFiles(vantage, ['/proc/meminfo'], options)
  return supplyOfMeminfo(meminfo, 'SwapTotal', 'SwapFree', 'the swap of the machine')
}

export function supplyOfMeminfo(meminfo: string, whole: string, left: string, limit: string): Supply | undefined {
  const total = kilobytes(meminfo, whole)
  const free = kilobytes(meminfo, left)
  return total === undefined || free === undefined ? undefined : { used: total - free, total, limit }
}

function kilobytes(meminfo: string, name: string): number | undefined {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(meminfo)
  return found === null ? undefined : Number(found[1]) * 1024
}

/** Larger than this is the kernel's way to say that there is no limit. */
const NO_LIMIT = 2 ** 53

/** Open files of the machine; undefined where /proc does not say so, or there is no limit. */
export async function machineFiles(vantage: Vantage, options: Options): Promise<Supply | undefined> {
  const [text = ''] = await readSmallFiles(vantage, ['/proc/sys/fs/file-nr'], options)
  const found = /^(\d+)\s+(\d+)\s+(\d+)$/.exec(text)
  if (found === null) return undefined
  const [open = 0, unused = 0, total = 0] = found.slice(1).map(Number)
  return total >= NO_LIMIT ? undefined : { used: open - unused, total, limit: 'fs.file-max of the machine' }
}

/** Processes and their threads, which the kernel counts alike, against the smaller of its two limits. */
export async function machineProcesses(vantage: Vantage, options: Options): Promise<Supply | undefined> {
  const files = ['/proc/loadavg', '/proc/sys/kernel/threads-max', '/proc/sys/kernel/pid_max']
  const [load = '', threads = '', pids = ''] = await readSmallFiles(vantage, files, options)
  const used = /^\S+ \S+ \S+ \d+\/(\d+) /.exec(load)
  if (used === null || !/^\d+$/.test(threads) || !/^\d+$/.test(pids)) return undefined
  const total = Math.min(Number(threads), Number(pids))
  const name = total === Number(pids) ? 'kernel.pid_max' : 'kernel.threads-max'
  return { used: Number(used[1]), total, limit: `${name} of the machine` }
}

export interface Load {
  /** Average number of tasks that ran or waited over five minutes. */
  readonly average: number
  readonly cores: number
}

export async function machineLoad(vantage: Vantage, options: Options): Promise<Load | undefined> {
  const [load = '', stat = ''] = await readSmallFiles(vantage, ['/proc/loadavg', '/proc/stat'], options)
  const average = /^\S+ (\d+\.\d+) /.exec(load)?.[1]
  const cores = stat.match(/^cpu\d+ /gm)?.length ?? 0
  return average === undefined || cores === 0 ? undefined : { average: Number(average), cores }
}
