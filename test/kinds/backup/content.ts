// Dumps as they really are, and what can happen to them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Facts } from '../../../src/kinds/backup/formats/facts.js'
import { inspect } from '../../../src/kinds/backup/formats/inspect.js'
import { type Reader, rangeReader } from '../../../src/kinds/backup/formats/reader.js'

const BACKUPS = join(import.meta.dirname, '../../../fixtures/backups')

export const DUMPS = {
  pg_custom: read('shop-pg15.dump'),
  pg_tar: read('shop-pg15.tar'),
  pg_plain: read('shop-pg15.sql'),
  'pg_plain.gz': gzipSync(read('shop-pg15.sql')),
  'pg_plain.zst': read('shop-pg15.sql.zst'),
  'pg_custom.gz': gzipSync(read('shop-pg15.dump')),
  'pg_tar.gz': gzipSync(read('shop-pg15.tar')),
} as const

export const DIRECTORY = join(BACKUPS, 'shop-pg15.dir')

function read(name: string): Buffer {
  return readFileSync(join(BACKUPS, name))
}

export interface Found {
  readonly facts: Partial<Facts>
  readonly names: ReadonlySet<string>
  /** `Damage: …`, `Unseen: …`; undefined where it is sound. */
  readonly trouble: string | undefined
  /** Bytes asked of the store. */
  readonly bytesRead: number
}

export interface LookOptions {
  readonly end?: boolean
  readonly budget?: number
}

export async function look(content: Buffer, options: LookOptions = {}): Promise<Found> {
  let bytesRead = 0
  const reader = rangeReader(content.length, async ({ start, end }) => {
    bytesRead += end - start
    return content.subarray(start, end)
  })
  return { ...(await lookThrough(reader, options)), bytesRead }
}

export async function lookThrough(reader: Reader, { end = true, budget = 2 ** 30 }: LookOptions = {}) {
  let facts: Partial<Facts> = {}
  const names = new Set<string>()
  const inspection = {
    tell: (more: Partial<Facts>) => {
      facts = { ...facts, ...more }
    },
    see: (seen: readonly string[]) => {
      for (const name of seen) names.add(name)
    },
    wanted: true,
    end,
  }
  try {
    await inspect(reader, inspection, budget)
    return { facts, names, trouble: undefined }
  } catch (error) {
    if (!(error instanceof Error) || !/^(?:Damage|Unseen|BudgetSpent)$/.test(error.name)) throw error
    return { facts, names, trouble: `${error.name}: ${error.message}` }
  }
}
