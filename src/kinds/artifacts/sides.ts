/** What rows and store say of a key, in the names that findings use. Never a value of a row but size and checksum. */
import { sizeBytes } from '../../compare/declared-size.js'
import { type Json, valueToJson } from '../../lib/value.js'
import type { Entry } from '../../stores/store.js'
import type { Facts, Side } from '../kind.js'
import type { Claim } from './claim.js'
import { rowsFields } from './fields.js'
import type { Again, Sides } from './look-again.js'
import type { ArtifactsSpec } from './schema.js'

export interface SidesOptions {
  readonly spec: ArtifactsSpec
  /** Of the store. */
  readonly label: string
  readonly isFoundAs: boolean
}

export function sidesOf({ claim, look }: Sides, again: Again, options: SidesOptions): readonly Side[] {
  const found_as = options.isFoundAs ? ({ found_as: true } as const) : {}
  return [
    { ...rowsSide(claim, options.spec), ...found_as },
    { ...storeSide(look, again, options), ...found_as },
  ]
}

function rowsSide(claim: Claim | undefined, spec: ArtifactsSpec): Side {
  const connections = [...new Set(rowsFields(spec).map(({ query }) => query.connection))]
  const isRecord = spec.manifest !== undefined
  const side = isRecord
    ? ({ side: 'rows', where: 'the record', recorded: true } as const)
    : ({ side: 'rows', where: connections.join(', ') } as const)
  if (claim === undefined || claim.refs === 0) return { ...side, there: false, facts: {} }
  const { refs, sizes, digests } = claim
  const bytes: readonly Json[] = sizes.filter((size) => size !== '!').map((size) => valueToJson(sizeBytes(size)))
  const problems = [
    ...(sizes.includes('!') ? ['a size is not a number of bytes'] : []),
    ...digests.flatMap((digest) => (digest.startsWith('!') ? digest.slice(1) : [])),
  ]
  const rows = isRecord ? {} : { rows: refs }
  const facts = { ...rows, ...(bytes.length === 0 ? {} : { size: oneOf(bytes) }), ...declaredDigests(digests) }
  return { ...side, there: true, facts, ...(problems.length === 0 ? {} : { reason: problems.join('; ') }) }
}

function declaredDigests(digests: readonly string[]): Facts {
  const all = new Map<string, readonly string[]>()
  for (const digest of digests) {
    const [algorithm, hex] = digest.split(':')
    if (algorithm !== undefined && hex !== undefined && !digest.startsWith('!'))
      all.set(algorithm, [...(all.get(algorithm) ?? []), hex])
  }
  return Object.fromEntries([...all].map(([algorithm, hexes]) => [algorithm, oneOf(hexes)]))
}

function oneOf(values: readonly Json[]): Json {
  return values.length === 1 ? (values[0] ?? null) : values
}

function storeSide(look: Sides['look'], { marks, verified }: Again, { spec, label: where }: SidesOptions): Side {
  if ('mark' in look) {
    const { reason = look.mark.finding } = look.mark
    return { side: 'store', where, there: undefined, facts: {}, reason }
  }
  const { entry } = look
  if (entry === undefined) return { side: 'store', where, there: false, facts: {} }
  const hashed = marks.find(({ finding }) => finding === 'checksum_mismatch')?.actual ?? {}
  const proven =
    verified === true
      ? { content: `agrees with the checksum of the ${spec.manifest === undefined ? 'rows' : 'record'}` }
      : {}
  const facts = { ...entryFacts(entry), ...hashed, ...proven }
  const reason = entry.unreadable ?? marks.find(({ finding }) => finding === 'unreadable')?.reason
  return { side: 'store', where, there: true, facts, ...(reason === undefined ? {} : { reason }) }
}

function entryFacts({ size, modified, archived, digests = {}, unsure = [], facts = {} }: Entry): Facts {
  const sure = Object.entries(digests).filter(([algorithm]) => !(unsure as readonly string[]).includes(algorithm))
  return {
    ...(size === undefined ? {} : { size }),
    ...(modified === undefined ? {} : { modified: new Date(modified).toISOString() }),
    ...(archived === undefined ? {} : { archived }),
    ...facts,
    ...Object.fromEntries(sure),
  }
}
