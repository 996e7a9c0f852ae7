/** The record of `--baseline`: read, and refused where it is not one of these checks and these databases. */
import type { Connections } from '../connections/connections.js'
import type { Kept, RunOptions } from '../engine/run-options.js'
import type { Check } from '../kinds/kind.js'
import { UsageError } from '../lib/errors.js'
import { count } from '../lib/text.js'
import { type ReadSnapshot, readSnapshotFile } from '../snapshot/file.js'
import { readPart } from '../snapshot/parts.js'
import type { LoadedSpec } from '../spec/load.js'
import { databaseNames } from './databases.js'
import type { BaselineRequest } from './run-request.js'

export interface Baseline extends ReadSnapshot {
  readonly request: BaselineRequest
}

/** Throws a UsageError where it cannot be read, is damaged, or is of other checks. */
export async function readBaseline(
  request: BaselineRequest,
  { spec, cwd }: { readonly spec: Pick<LoadedSpec, 'name' | 'checks'>; readonly cwd: string },
): Promise<Baseline> {
  const { file, verifyKey } = request
  const read = await readSnapshotFile(file, { cwd, verifyKey })
  const wrong = otherChecks(read, spec)
  if (wrong === undefined) return { request, ...read }
  throw new UsageError(`--baseline ${file} is the record of other checks: ${wrong}`, {
    suggestions: ['take the record and verify with the same check files', 'nothing was run'],
  })
}

function otherChecks({ snapshot }: ReadSnapshot, { name, checks }: Pick<LoadedSpec, 'name' | 'checks'>) {
  if (snapshot.name !== undefined && name !== undefined && snapshot.name !== name)
    return `it was taken of "${snapshot.name}", and these check files are "${name}"`
  const both = checks.filter(({ id }) => Object.hasOwn(snapshot.checks, id))
  if (both.length === 0)
    return `none of its ${count(Object.keys(snapshot.checks).length, 'check')} has the id of one in the check files`
  const other = both.find(({ id, kind }) => snapshot.checks[id]?.kind !== kind)
  if (other === undefined) return undefined
  return `there "${other.id}" is of kind ${snapshot.checks[other.id]?.kind}, here of kind ${other.kind}`
}

/** Throws a UsageError where a recorded database is called otherwise than the one that is verified. */
export async function refuseOtherDatabases(
  { request, snapshot }: Baseline,
  checks: readonly Check[],
  connections: Pick<Connections, 'postgres'>,
): Promise<void> {
  const { file, renamed } = request
  const used = new Set(checks.flatMap(({ uses }) => uses))
  const wanted = Object.keys(snapshot.databases).filter((name) => used.has(name))
  const now = await databaseNames(connections, wanted)
  for (const [connection, is] of Object.entries(now)) {
    const was = snapshot.databases[connection] ?? is
    if (is === (renamed.get(was) ?? was)) continue
    throw new UsageError(
      `--baseline ${file} is the record of another database: ${connection} was "${was}" then, and is "${is}" now`,
      { suggestions: [`--database-renamed ${was}=${is}, where it was renamed on the way`, 'nothing was run'] },
    )
  }
}

function databasesOf({ databases }: ReadSnapshot['snapshot']): { readonly databases?: readonly string[] } {
  const names = [...new Set(Object.values(databases))].toSorted()
  return names.length === 0 ? {} : { databases: names }
}

/** What the engine has to know of it. */
export function baselineOptions(baseline: Baseline): Pick<RunOptions, 'baseline' | 'kept' | 'heldAgainst'> {
  const { snapshot, sha256, signed, request, parts } = baseline
  const checks = Object.entries(snapshot.checks)
  const keptOf = (id: string, kept: Kept['kept']): Kept => {
    const part = parts.get(id)
    return part === undefined ? { kept } : { kept, part: () => readPart(part) }
  }
  return {
    baseline: new Map(checks.map(([id, { subjects, unobserved, outcome }]) => [id, { subjects, unobserved, outcome }])),
    kept: new Map(checks.flatMap(([id, { kept }]) => (kept === undefined ? [] : [[id, keptOf(id, kept)]]))),
    heldAgainst: { file: request.file, sha256, taken_at: snapshot.taken_at, signed, ...databasesOf(snapshot) },
  }
}
