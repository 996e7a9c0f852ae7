/** What of two tables in unlike engines could not be told. Pure. */
import { count } from '../../lib/text.js'
import type { Digest } from './digest.js'
import { isFloat } from './forms.js'
import type { Hashings } from './hashings.js'

/** `digests`: of the source and of the target. */
export function gapsOf({ source, target }: Hashings, digests: readonly [Digest, Digest]): readonly string[] {
  const { columns, untold } = source.pairing
  const odd = [source, target].flatMap(({ side, spec }, index) =>
    [...(digests[index]?.odd ?? [])].flatMap(([at, values]) => {
      const pair = columns[at]
      if (pair === undefined) return []
      const where = `${count(values, 'value')} of "${pair.name}" in ${spec.connection}`
      return isFloat(pair[side].column)
        ? [`${where} cannot be told from others so large: they count as the same`]
        : [`${where} have no day or no month, such as 0000-00-00, and count as NULL, for PostgreSQL has no such date`]
    }),
  )
  return [...untold.map((why) => `not compared: ${why}`), ...odd]
}
