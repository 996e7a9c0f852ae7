/**
 * The findings of a check: how they lie, the first few of them for print and for readers without the script, and the place
 * where the script puts the list of all.
 */
import type { Finding, Presented } from '../../kinds/kind.js'
import { count, formatNumber } from '../../lib/text.js'
import type { CheckReport } from '../collect.js'
import type { FindingsOfCheck } from './findings.js'
import { type Markup, markup, NOTHING } from './markup.js'
import { plotsMarkup } from './plots.js'

export interface FindingsContext {
  readonly findings: FindingsOfCheck
  readonly present: (kind: string, finding: Finding) => Presented
  /** Where the lists of all findings are. */
  readonly lists: string | undefined
}

const FEW = 10

export function findingsMarkup(check: CheckReport, index: number, context: FindingsContext): Markup {
  const { planned, end, findings } = check
  const { listed, distribution } = context.findings
  const total = Object.values(end?.counts ?? {}).reduce((sum, number) => sum + number, 0)
  if (total === 0 && listed === 0) return NOTHING
  const classes = Object.entries(end?.counts ?? {})
    .filter(([, number]) => number > 0)
    .map(([name, number]) => markup`<li><strong>${formatNumber(number)}</strong> ${name}</li>`)
  const first = findings.slice(0, FEW).map((finding) => {
    const { headline, detail } = context.present(planned.kind, finding)
    return markup`<li><code>${headline}</code>${detail.slice(0, 4).map((line) => markup`<span class="dim">${line}</span>`)}</li>`
  })
  const where =
    context.lists === undefined ? 'all of them with --findings DIR' : `${context.lists}/${planned.id}.ndjson`
  const more =
    total > first.length ? markup`<p class="dim">and ${formatNumber(total - first.length)} more: ${where}</p>` : NOTHING
  const lacking =
    total > listed
      ? markup`<p class="lacking">${formatNumber(listed)} of ${count(total, 'finding')} are in this page. ${
          context.lists === undefined
            ? 'A run with --findings DIR writes all of them.'
            : `All of them: ${context.lists}/${planned.id}.ndjson`
        }</p>`
      : NOTHING
  return markup`<section><h4>Findings <span class="dim">${formatNumber(total)}</span></h4><ul class="classes">${classes}</ul>${lacking}<div class="explorer" data-check="${index}"></div><div class="sample"><ol>${first}</ol>${more}</div>${plotsMarkup(distribution)}</section>`
}
