/** `gate:` and `waivers:`, validated. */
import * as z from 'zod'
import type { GateConfig } from '../engine/events.js'
import type { Waiver } from '../judge/waiver.js'
import { dateField } from './fields.js'
import type { Problems } from './problems.js'
import type { TreeNode } from './tree.js'
import { validate } from './validate.js'

export const gateSchema = z.strictObject({
  fail_on: z
    .enum(['critical', 'high', 'medium', 'low'])
    .default('low')
    .meta({ description: 'Failures of this severity or a higher one hold the gate shut; info never does.' }),
  warnings: z.enum(['allow', 'block']).default('allow').meta({ description: 'Whether a warning holds the gate shut.' }),
  unevaluated: z
    .enum(['block', 'allow'])
    .default('block')
    .meta({ description: 'Whether an error or blocked check of gating severity holds the gate shut.' }),
  min_checks: z
    .int()
    .min(1)
    .default(1)
    .meta({ description: 'Evaluated checks an unselected run must have; a selected run takes --min-checks.' }),
})

export function readGate(node: TreeNode, problems: Problems): GateConfig {
  const gate = validate(gateSchema, node, { what: '"gate"', at: node.span }, problems) ?? gateSchema.parse({})
  return {
    failOn: gate.fail_on,
    warnings: gate.warnings,
    unevaluated: gate.unevaluated,
    minChecks: gate.min_checks,
    allowEmpty: false,
  }
}

export const waiverSchema = z.strictObject({
  check: z.string().min(1).meta({ description: 'Id of the check.' }),
  reason: z.string().min(1).meta({ description: 'Why it is accepted.' }),
  approved_by: z.string().meta({ description: 'Who accepted it.' }).optional(),
  expires: dateField('Day, UTC, at whose end it stops to hold.').optional(),
  covers: z
    .array(z.enum(['fail', 'warn', 'error', 'blocked']))
    .min(1)
    .default(['fail', 'warn'])
    .meta({ description: 'Outcomes it covers.' }),
})

export function readWaivers(items: readonly TreeNode[], problems: Problems): readonly Waiver[] {
  return items.flatMap((item) => {
    const waiver = validate(waiverSchema, item, { what: 'this waiver', at: item.span }, problems)
    if (waiver === undefined) return []
    const { check, reason, approved_by: approvedBy, expires, covers } = waiver
    return [{ check, reason, covers, ...(approvedBy && { approvedBy }), ...(expires && { expires }) }]
  })
}
