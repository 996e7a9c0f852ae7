/** One cause behind many files of another size. */
import { type CommonSize, createSizeTally } from '../../compare/common-size.js'
import { count, formatNumber } from '../../lib/text.js'
import { parseSize } from '../../lib/units.js'
import type { Diagnosis } from '../kind.js'
import { rowsFields } from './fields.js'
import { allOf } from './part-of.js'
import { type ArtifactsSpec, SIZE_UNITS } from './schema.js'
import type { StoreRun } from './store-run.js'

const UNITS = SIZE_UNITS.map((name) => ({ name, bytes: parseSize(`1${name}`) ?? 1 }))

export async function commonSize(run: StoreRun, spec: ArtifactsSpec): Promise<readonly Diagnosis[]> {
  const declared = oneDeclaration(spec)
  const unit = parseSize(`1${declared?.unit ?? 'B'}`) ?? 1
  const tally = createSizeTally(unit, declared === undefined ? [] : UNITS)
  for await (const page of run.residues.read('size_mismatch')) {
    for (const { mark } of page) {
      const [expected, actual] = [mark.expected?.['size'], mark.actual?.['size']]
      if (typeof expected === 'number' && typeof actual === 'number') tally.add(expected, actual)
    }
  }
  const common = tally.common()
  if (common === undefined) return []
  const total = run.residues.count('size_mismatch')
  if (common.what !== 'unit' || declared === undefined) return [{ summary: `${words(common, total)}` }]
  // Another unit has to be right for those too that agree now.
  if (total * 10 < run.tally.matched * 9) return []
  const { name } = common.unit
  const tolerance = common.tolerance === 0 ? '' : `, tolerance: ${common.tolerance}B`
  return [
    {
      summary: `${words(common, total)}: the column ${JSON.stringify(declared.column)} counts in ${name}`,
      suggestion: `size: { column: ${JSON.stringify(declared.column)}, unit: ${name}${tolerance} }`,
    },
  ]
}

/** What all queries that declare a size say of it, where it is the same. */
function oneDeclaration(spec: ArtifactsSpec): { readonly column: string; readonly unit: string } | undefined {
  const sizes = rowsFields(spec).flatMap(({ query: { size } }) => {
    if (size === undefined) return []
    return [typeof size === 'string' ? { column: size, unit: 'B' } : { column: size.column, unit: size.unit }]
  })
  const [first] = sizes
  return sizes.every((size) => size.column === first?.column && size.unit === first.unit) ? first : undefined
}

function words(common: CommonSize, total: number): string {
  const keys = `${allOf(common.keys, total)} keys of another size`
  switch (common.what) {
    case 'empty':
      return `${keys} are empty: their content was never written, or cut off`
    case 'lfs pointer':
      return `${keys} have the size of the Git LFS pointer to them: git lfs pull was not run where they were copied from`
    case 'one size':
      return `${keys} have one size, ${count(common.bytes, 'byte')}: something else was saved in the place of each`
    case 'shift': {
      const more = common.bytes > 0 ? 'larger' : 'smaller'
      return `${keys} are ${more} by the same ${formatNumber(Math.abs(common.bytes))} bytes: something is wrapped around each, or taken off`
    }
    case 'unit':
      return `${keys} are off by the same factor`
  }
}
