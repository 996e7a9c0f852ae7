/** Rows in PostgreSQL against objects and files of which the truth is known, for faults while they are compared. */
import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import type { S3Server } from '../../fixtures/servers/s3.js'
import { CheckError } from '../../src/lib/errors.js'
import type { Seen } from '../kinds/artifacts/world.js'

export const OBJECTS = 2500
/** What is missing and orphaned in truth, early and late in the listing. */
export const TRUTH = ['missing a-gone', 'missing z-gone', 'orphaned b-left', 'orphaned y-left']
export const md5 = (text: string) => createHash('md5').update(text).digest('hex')

/** The rows, as SQL. */
export const ROWS_SQL = `
  select 'm/' || lpad(n::text, 6, '0') as path, '${md5('x')}' as sum from generate_series(1, ${OBJECTS}) n
  union all select unnest(array['a-gone', 'z-gone']), null`

export function fill(server: S3Server, bucket: string, objects = OBJECTS): void {
  server.bucket(bucket)
  for (let n = 1; n <= objects; n++) server.put(bucket, `m/${String(n).padStart(6, '0')}`, 'x')
  for (const key of ['b-left', 'y-left']) server.put(bucket, key, 'x')
}

export type Outcome = Seen | CheckError

export async function outcomeOf(seeing: Promise<Seen>): Promise<Outcome> {
  try {
    return await seeing
  } catch (error) {
    if (error instanceof CheckError) return error
    // Which the engine tells as an error of the check, at its timeout.
    if (error instanceof DOMException && error.name === 'TimeoutError') return new CheckError('the timeout came')
    throw error
  }
}

/** What the undisturbed world shows, and not a word of doubt. */
export function expectRight(outcome: Outcome): void {
  if (outcome instanceof CheckError) throw outcome
  expect(outcome.told).toEqual(TRUTH)
  expect(outcome.gaps ?? []).toEqual([])
}

/** An error in words, or true findings with what could not be told beside them: never an untrue one, never all green. */
export function expectDoubt(outcome: Outcome): void {
  if (outcome instanceof CheckError) {
    expect(outcome.message).toMatch(/\S{3}/)
    return
  }
  const claims = outcome.told.filter((told) => /^(missing|orphaned|renamed|\w+_mismatch) /.test(told))
  expect(TRUTH).toEqual(expect.arrayContaining(claims))
  const doubts = outcome.told.filter((told) => /^(unverifiable|forbidden|unreadable) /.test(told))
  expect(doubts.length + (outcome.gaps?.length ?? 0)).toBeGreaterThan(0)
}
