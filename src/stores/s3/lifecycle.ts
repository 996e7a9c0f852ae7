/** Which lifecycle rules would delete current objects below a prefix. */
import type { LifecycleRule } from '@aws-sdk/client-s3'

export interface Rule {
  readonly id: string
  readonly prefix: string
  readonly days?: number | undefined
  readonly date?: string | undefined
  /** Only objects with certain tags or of a certain size. */
  readonly filtered: boolean
}

export function expiringRules(rules: readonly LifecycleRule[], prefix: string): readonly Rule[] {
  return rules.flatMap((rule, index) => {
    const { Days: days, Date: date } = rule.Expiration ?? {}
    if (rule.Status !== 'Enabled' || (days === undefined && date === undefined)) return []
    const { Filter: filter } = rule
    const below = filter?.And?.Prefix ?? filter?.Prefix ?? rule.Prefix ?? ''
    if (!below.startsWith(prefix) && !prefix.startsWith(below)) return []
    const sizes = [filter?.ObjectSizeGreaterThan, filter?.ObjectSizeLessThan]
    const filtered = filter?.And !== undefined || filter?.Tag !== undefined || sizes.some((size) => size !== undefined)
    return [{ id: rule.ID ?? `rule ${index + 1}`, prefix: below, days, date: date?.toISOString(), filtered }]
  })
}
