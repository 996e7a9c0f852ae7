/** What can be measured: one line each, from which fields, subjects and rules follow. */
import type { SubjectType } from '../kind.js'

export const MEASURES = [
  'disk_free',
  'disk_used',
  'inodes_free',
  'inodes_used',
  'memory_free',
  'memory_used',
  'swap_free',
  'swap_used',
  'shm_free',
  'shm_used',
  'file_descriptors_free',
  'file_descriptors_used',
  'processes_free',
  'processes_used',
  'load',
  'connections_free',
  'connections_used',
  'clock_skew',
] as const
export type Measure = (typeof MEASURES)[number]

export type Resource =
  | 'disk'
  | 'inodes'
  | 'memory'
  | 'swap'
  | 'shm'
  | 'file_descriptors'
  | 'processes'
  | 'load'
  | 'connections'
  | 'clock_skew'

export type OptionalField = 'path' | 'process' | 'connection' | 'user' | 'pools'

export interface ResourceFacts {
  readonly type: SubjectType
  readonly unit?: string
  /** How its total is to be read. */
  readonly total: string
  readonly needs: readonly OptionalField[]
  readonly takes: readonly OptionalField[]
  /** What is looked at, for `plan`. */
  readonly look: string
}

export const RESOURCES: Readonly<Record<Resource, ResourceFacts>> = {
  disk: {
    type: 'size',
    total: 'Used and free bytes; what is reserved for root is neither, as df counts.',
    needs: ['path'],
    takes: [],
    look: 'the room of the file system behind the path',
  },
  inodes: {
    type: 'count',
    unit: 'inodes',
    total: 'Inodes the file system can have.',
    needs: ['path'],
    takes: [],
    look: 'the inodes of the file system behind the path',
  },
  memory: {
    type: 'size',
    total: 'Memory of the machine, or that which a control group allows where less is left of it.',
    needs: [],
    takes: [],
    look: 'memory of the machine and limits of control groups',
  },
  swap: { type: 'size', total: 'Swap of the machine.', needs: [], takes: [], look: 'swap of the machine' },
  shm: {
    type: 'size',
    total: 'Size of the shared memory file system; docker gives a container 64 MiB where nothing is said.',
    needs: [],
    takes: ['path'],
    look: 'the room of /dev/shm',
  },
  file_descriptors: {
    type: 'count',
    unit: 'open files',
    total: 'Open files the machine allows, or the soft limit of the process.',
    needs: [],
    takes: ['process'],
    look: 'open files of the machine, or of the processes of that name',
  },
  processes: {
    type: 'count',
    unit: 'processes and threads',
    total: 'Processes and threads the machine allows, or a control group where fewer are left of it.',
    needs: [],
    takes: [],
    look: 'processes of the machine and limits of control groups',
  },
  load: {
    type: 'number',
    unit: 'tasks',
    total: 'Cores of the machine.',
    needs: [],
    takes: [],
    look: 'load average and cores of the machine',
  },
  connections: {
    type: 'count',
    unit: 'connections',
    total:
      'Connections that ordinary roles may open: max_connections without those reserved, or the limit of the database or of `user` where fewer are left of it.',
    needs: ['connection'],
    takes: ['user', 'pools'],
    look: 'connections of the server and its limits',
  },
  clock_skew: {
    type: 'duration',
    total: '',
    needs: ['connection'],
    takes: [],
    look: 'the clock of the database, three times',
  },
}

export function resourceOf(measure: Measure): Resource {
  return measure.replace(/_(free|used)$/, '') as Resource
}

/** Whether `value` is what is left; otherwise it is what is taken. */
export function measuresFree(measure: Measure): boolean {
  return measure.endsWith('_free')
}
