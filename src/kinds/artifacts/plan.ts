import { formatDuration, formatSize } from '../../lib/units.js'
import type { ReadStep } from '../kind.js'
import {
  budgetOf,
  checksumSelection,
  explainedFields,
  FEW_ROWS,
  LISTED_SUBJECTS,
  rowsFields,
  storeNames,
  userQuery,
} from './fields.js'
import type { ArtifactsSpec } from './schema.js'

/** What an artifacts check will read, in the order it reads it. */
export function planArtifacts(spec: ArtifactsSpec): readonly ReadStep[] {
  const selection = checksumSelection(spec)
  const which = selection === 'all' ? 'every file' : 'a stable sample of the files'
  const share = typeof selection === 'object' ? 1 / selection.slices : 1
  const shared = storeNames(spec).length > 1
  const prefix = spec.scope?.prefix ?? ''
  // What a record promises is not at hand here; what is there now is about as much.
  const isRecorded = spec.manifest !== undefined
  const { bytes: budget, ms } = budgetOf(spec)
  const most = [budget === undefined ? [] : formatSize(budget), ms === undefined ? [] : formatDuration(ms)].flat()
  const atMost = most.length === 0 ? '' : `, at most ${most.join(' and ')}`
  return [
    // Of the record, which is no connection, nothing is to be estimated.
    ...rowsFields(spec).map(({ query, path }) => ({
      what: 'Stream the rows that promise files',
      connection: query.connection,
      reading: { type: 'query' as const, query: userQuery({ query, path }), keys: true as const },
    })),
    ...explainedFields(spec).map(({ query, path }) => ({
      what: 'Stream the rows that explain files',
      connection: query.connection,
      reading: { type: 'query' as const, query: userQuery({ query, path }) },
    })),
    ...storeNames(spec).map((store) => ({
      what: isRecorded
        ? 'List every entry'
        : 'List every entry; or look up each key, where orphans are not asserted and rows are few, or it cannot list',
      connection: store,
      cost: `a request per 1,000 entries${isRecorded ? '' : ' or per key'}, on object storage`,
      reading: {
        type: 'entries' as const,
        prefix,
        lookUp: { maxRows: isRecorded ? -1 : FEW_ROWS, unlessAsserted: LISTED_SUBJECTS },
        shared,
      },
    })),
    ...(selection === 'none'
      ? []
      : storeNames(spec).map((store) => ({
          what: `Verify the checksum of ${which}`,
          connection: store,
          cost: `reads the content where the store knows no checksum${atMost}`,
          reading: {
            type: 'content' as const,
            of: isRecorded ? ('entries' as const) : ('rows' as const),
            prefix,
            share,
            budget,
            shared,
          },
        }))),
    ...rowsFields(spec).map(({ query }) => ({
      what:
        spec.rewrite === undefined
          ? 'Read the rows of findings once more, if there are any; all rows where the database cannot tell which'
          : 'Stream all rows once more, if there are findings',
      connection: query.connection,
    })),
    ...(spec.recover_from ?? []).map((store) => ({
      what: 'Look for every missing key',
      connection: store,
      reading: { type: 'reach' as const },
    })),
  ]
}
