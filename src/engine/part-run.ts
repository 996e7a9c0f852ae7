/** A recorded part of a run, read back. Types only. */
import type { Finding } from '../kinds/kind.js'
import type { CheckEnd, RunEnd, RunStart, ShardStart } from './events.js'

export interface PartRun {
  readonly start: RunStart
  readonly shard: ShardStart
  /** By id. */
  readonly ends: ReadonlyMap<string, CheckEnd>
  /** Absent where the run was killed. */
  readonly end?: RunEnd | undefined
  /** Of the attempt that counts. May be read again. */
  readonly findings: (check: string) => AsyncGenerator<readonly Finding[], void, void>
}
