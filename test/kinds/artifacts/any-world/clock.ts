/** Moments of a made-up world. The clocks of the database and of whoever looks are days apart, so that neither is taken for the other. */
import type { When } from './plan.js'

export const HERE = Date.UTC(2026, 0, 15)
export const DATABASE = Date.UTC(2026, 0, 20)

const OFFSET: Readonly<Record<When, number>> = {
  old: -24 * 3600_000,
  young: -60_000,
  ahead: 60_000,
  far: 365 * 24 * 3600_000,
}

export function moment(now: number, when: When): number {
  return now + OFFSET[when]
}

export function isNear(when: When | null | undefined): boolean {
  return when === 'young' || when === 'ahead'
}
