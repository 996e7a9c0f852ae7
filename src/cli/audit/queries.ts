/** The SQL of a check, for whoever sits at the desk of its check file. */
import type { Prepared } from '../prepare.js'

export function queriesOf(
  id: string,
  { spec, redactor }: { readonly spec: Pick<Prepared['spec'], 'parsed'>; readonly redactor: Prepared['redactor'] },
): readonly string[] {
  const found = spec.parsed.find(({ check }) => check.id === id)
  const steps = found?.kind.plan(found.check.spec as never) ?? []
  return steps.flatMap(({ reading }) => {
    if (reading?.type !== 'query') return []
    const { sql, around } = reading.query
    return [redactor.text(around === undefined ? sql : `${around.before}${sql}${around.after}`).trim()]
  })
}
