/** Variables that have to be set, and to look like values and not like mistakes. */
import type { EnvState } from '../../probes/env.js'
import type { Vantage } from '../../vantage/vantage.js'
import type { Flaw, NeedsSpec } from './fields.js'
import type { Need, NeedsAnswer } from './need.js'
import { readEnv } from './read-env.js'
import type { Surrounding } from './surrounding.js'

const WORDS: Readonly<Record<Exclude<EnvState, 'ok'>, { readonly reason: string; readonly flaw?: Flaw }>> = {
  'not set': { reason: 'not set' },
  empty: { reason: 'empty', flaw: 'empty' },
  quoted: { reason: 'its value stands in quotes, which are part of it', flaw: 'quotes' },
  newline: { reason: 'its value ends in a newline', flaw: 'newline' },
  'carriage return': { reason: 'its value ends in a carriage return', flaw: 'newline' },
  blank: { reason: 'its value begins or ends with a blank', flaw: 'blanks' },
}

export async function needEnv(
  asked: NonNullable<NeedsSpec['env']>,
  vantage: Vantage,
  surrounding: Surrounding,
  signal: AbortSignal,
): Promise<NeedsAnswer> {
  if (asked.length === 0) return { needs: [] }
  const wanted = asked.map((one) => (typeof one === 'string' ? { name: one, allow: [] as readonly Flaw[] } : one))
  const names = wanted.map(({ name }) => name)
  const read = await readEnv(vantage, names, surrounding, signal)
  if (typeof read === 'string') {
    return { needs: names.map((name) => ({ key: `env ${name}`, is: 'untold', reason: read })) }
  }
  const needs = wanted.map(({ name, allow }): Need => {
    const states = read.states[name] ?? []
    const flawed = states.filter((state) => !allowed(state, allow))
    const [state] = flawed
    if (state === undefined || state === 'ok') {
      if (read.unread === undefined) return { key: `env ${name}`, is: 'met' }
      return { key: `env ${name}`, is: 'untold', reason: `one of the processes: ${read.unread}` }
    }
    const many = states.length === 1 ? '' : `, in ${flawed.length} of ${states.length} processes`
    return { key: `env ${name}`, is: 'missing', reason: `${WORDS[state].reason}${many}` }
  })
  return { needs, notes: [`environment: ${read.whose}`] }
}

function allowed(state: EnvState, allow: readonly Flaw[]): boolean {
  if (state === 'ok') return true
  const { flaw } = WORDS[state]
  return flaw !== undefined && allow.includes(flaw)
}
