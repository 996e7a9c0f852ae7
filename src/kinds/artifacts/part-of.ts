import { formatNumber } from '../../lib/text.js'

/** `All 500`, `498 of 500`. */
export function allOf(part: number, total: number): string {
  return part === total ? `All ${formatNumber(total)}` : `${formatNumber(part)} of ${formatNumber(total)}`
}
