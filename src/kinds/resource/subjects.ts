import type { SubjectSpec } from '../kind.js'
import type { ResourceSpec } from './kind.js'
import { measuresFree, RESOURCES, resourceOf } from './measures.js'

export function subjects({ measure, pools }: ResourceSpec): readonly SubjectSpec[] {
  const resource = resourceOf(measure)
  const { type, unit, total } = RESOURCES[resource]
  if (resource === 'clock_skew') {
    const meaning = 'How far the clock of the database is from that of the machine postflight runs on, either way.'
    return [{ name: 'value', type, meaning }]
  }
  const base = { type, ...(unit === undefined ? {} : { unit }) }
  const part = { ...base, of: 'total' }
  // A limit may be lowered below what is taken, and superusers take what is reserved.
  const taken = { ...part, mayExceed: true } as const
  if (resource === 'load') {
    return [
      { ...taken, name: 'value', meaning: 'Tasks that ran or waited, on average over five minutes.' },
      { name: 'total', type: 'count', unit: 'cores', meaning: total },
    ]
  }
  const full = 'What is used once every pool is full, beside what others use now.'
  return [
    measuresFree(measure)
      ? { ...part, name: 'value', meaning: 'What is left: `free`.' }
      : { ...taken, name: 'value', meaning: 'What is taken: `used`.' },
    { ...taken, name: 'used', meaning: 'What is taken.' },
    { ...part, name: 'free', meaning: 'What is left for an ordinary user.' },
    { ...base, name: 'total', meaning: total },
    ...(pools === undefined ? [] : [{ ...taken, name: 'when_full', meaning: full }]),
  ]
}
