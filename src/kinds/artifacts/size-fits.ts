/** Whether an entry can be the file of a row, as far as sizes tell. */
import { sizeAgrees } from '../../compare/declared-size.js'
import type { Json } from '../../lib/value.js'
import { rowsFields, verifiesSize } from './fields.js'
import type { ArtifactsSpec } from './schema.js'

/** `expected` as a finding has it, without the tolerance of its row. What is not known fits. */
export function sizeFits(spec: ArtifactsSpec, expected: Json | undefined, actual: number | undefined): boolean {
  if (actual === undefined || expected === undefined || expected === null || !verifiesSize(spec)) return true
  const tolerance = Math.max(
    0,
    ...rowsFields(spec).map(({ query: { size } }) => (typeof size === 'object' ? (size.tolerance ?? 0) : 0)),
  )
  // Rows that disagree about the size: one of them has to be right.
  const declared = Array.isArray(expected) ? expected : [expected]
  return declared.some((size) => sizeAgrees(tolerance === 0 ? String(size) : `${size}~${tolerance}`, actual))
}
