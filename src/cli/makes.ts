import type { Prepared } from './prepare.js'

/** Whether a check makes something for others that lasts no longer than a run, as a restored database. */
export function makes({ spec }: Pick<Prepared, 'spec'>, id: string): boolean {
  const found = spec.parsed.find(({ check }) => check.id === id)
  const offers = found?.kind.offers?.(found.check.spec as never)
  return offers !== undefined && offers.length > 0
}
