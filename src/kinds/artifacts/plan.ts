import { formatSize } from '../../lib/units.js'
import type { PlanStep } from '../kind.js'
import { checksumSelection, explainedFields, rowsFields, storeNames } from './fields.js'
import type { ArtifactsSpec } from './schema.js'

/** What an artifacts check will read, in the order it reads it. */
export function planArtifacts(spec: ArtifactsSpec): readonly PlanStep[] {
  const selection = checksumSelection(spec)
  const which = selection === 'all' ? 'every file' : 'a stable sample of the files'
  const budget = spec.verify?.budget
  return [
    ...rowsFields(spec).map(({ query }) => ({
      what: 'Stream the rows that promise files',
      connection: query.connection,
    })),
    ...explainedFields(spec).map(({ query }) => ({
      what: 'Stream the rows that explain files',
      connection: query.connection,
    })),
    ...storeNames(spec).map((store) => ({
      what: 'List every entry; or look up each key, where orphans are not asserted and rows are few, or it cannot list',
      connection: store,
      cost: 'a request per 1,000 entries or per key, on object storage',
    })),
    ...(selection === 'none'
      ? []
      : storeNames(spec).map((store) => ({
          what: `Verify the checksum of ${which}`,
          connection: store,
          cost: `reads the content where the store knows no checksum${budget === undefined ? '' : `, at most ${formatSize(budget)}`}`,
        }))),
    ...rowsFields(spec).map(({ query }) => ({
      what: 'Stream the rows again if anything was found, to look at findings once more',
      connection: query.connection,
    })),
    ...(spec.recover_from ?? []).map((store) => ({ what: 'Look for every missing key', connection: store })),
  ]
}
