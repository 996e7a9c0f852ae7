/** The fields of a check of a made-up world, as a check file would write them. */
import { NAMES, type WorldPlan } from './plan.js'

export function fieldsOf(plan: WorldPlan): Readonly<Record<string, unknown>> {
  const chooses = plan.media !== undefined
  const queries = plan.queries.map(({ size, sum, time }, index) => ({
    connection: 'main',
    sql: `rows ${index}`,
    key: 'key',
    ...(size === undefined ? {} : { size: { column: 'size', unit: size.unit, tolerance: `${size.tolerance}B` } }),
    ...(sum === undefined ? {} : { checksum: { column: 'sum', algorithm: sum, prefix: 'sum:' } }),
    ...(time ? { time: 'time' } : {}),
    ...(chooses ? { store: 'store' } : {}),
  }))
  const explained = plan.explained.map((one, index) => ({
    connection: 'main',
    sql: `explained ${index}`,
    key: 'key',
    ...(one.chooses ? { store: 'store' } : {}),
  }))
  return {
    rows: queries,
    ...(explained.length === 0 ? {} : { explained_by: explained }),
    ...(chooses ? { stores: NAMES } : { store: 'uploads' }),
    ...(plan.rewrite.length === 0 ? {} : { rewrite: plan.rewrite }),
    ...(plan.scope === undefined ? {} : { scope: { prefix: plan.scope } }),
    ...(plan.ignore.length === 0 ? {} : { ignore: plan.ignore }),
    ...(plan.derived.length === 0 ? {} : { derived: plan.derived.map((match) => ({ match })) }),
    ...(plan.grace ? { grace: '10m' } : {}),
    verify: {
      size: plan.verifySize ? 'all' : 'none',
      checksum: plan.verifySum.includes('/') ? { sample: plan.verifySum } : plan.verifySum,
      ...(plan.noBudget ? { budget: '0B' } : {}),
    },
    plausible: {
      ...(plan.emptyRows ? { empty_rows: 'allow' } : {}),
      ...(plan.emptyStore ? { empty_store: 'allow' } : {}),
    },
    ...(plan.spare === undefined ? {} : { recover_from: ['spare'] }),
  }
}
