/** Where the findings of a check lie: by directory, by month, by size. */
import { count, formatNumber } from '../../lib/text.js'
import { formatSize } from '../../lib/units.js'
import { countWords, mirroredColumns, plainBar, rowBar } from './charts.js'
import { type Distribution, total } from './distribution.js'
import { type Markup, markup, NOTHING } from './markup.js'

/** Fewer are read faster than a drawing. */
const FEWEST = 4

export function plotsMarkup({ directories, elsewhere, months, sizes }: Distribution): Markup {
  const all = directories.reduce((sum, bar) => sum + total(bar), 0)
  const plots = [
    all < FEWEST ? NOTHING : directoriesMarkup({ directories, elsewhere }),
    months.length < 2
      ? NOTHING
      : figure(
          'By month',
          'the year and month in the key',
          mirroredColumns(months, `Findings by month: ${months.length} months`, (name) => name),
        ),
    sizes.length < 2
      ? NOTHING
      : figure(
          'By size',
          'each column four times the size of the one before',
          mirroredColumns(sizes, 'Findings by size', (name) =>
            name === '0' ? 'empty' : `from ${formatSize(Number(name))}`,
          ),
        ),
  ]
  if (plots.every((plot) => plot === NOTHING)) return NOTHING
  return markup`<div class="plots">${plots}</div><p class="key"><span class="swatch missing"></span>missing <span class="swatch orphaned"></span>without a row <span class="swatch other"></span>other</p>`
}

function figure(title: string, says: string, drawing: Markup): Markup {
  return markup`<figure><figcaption>${title} <span class="dim">${says}</span></figcaption>${drawing}</figure>`
}

function directoriesMarkup({ directories, elsewhere }: Pick<Distribution, 'directories' | 'elsewhere'>): Markup {
  const most = Math.max(...directories.map(total))
  const rows = directories.map(
    (bar) =>
      markup`<tr><th scope="row"><code>${bar.name === '' ? '(top level)' : bar.name}</code></th><td class="barcell">${rowBar(bar.counts, most)}</td><td>${countWords(bar.counts)}</td></tr>`,
  )
  const rest =
    elsewhere.directories === 0
      ? NOTHING
      : markup`<tr><th scope="row" class="dim">${count(elsewhere.directories, 'other directory', 'other directories')}</th><td></td><td>${countWords(elsewhere.counts)}</td></tr>`
  return markup`<figure><figcaption>By directory</figcaption><table class="bars"><tbody>${rows}${rest}</tbody></table></figure>`
}

export interface Named {
  readonly index: number
  readonly id: string
  readonly value: number
}

const MOST_CHECKS = 15

/** The slowest checks. */
export function durationsMarkup(checks: readonly Named[], shown: (value: number) => string): Markup {
  const slowest = checks.filter(({ value }) => value > 0).sort((a, b) => b.value - a.value)
  if (slowest.length === 0) return markup`<p class="empty">No check has taken any time.</p>`
  const most = slowest[0]?.value ?? 1
  const rest = slowest.length - MOST_CHECKS
  return markup`<table class="bars"><tbody>${slowest
    .slice(0, MOST_CHECKS)
    .map(
      ({ index, id, value }) =>
        markup`<tr><th scope="row"><a href="#check-${index}">${id}</a></th><td class="barcell">${plainBar(value, most)}</td><td class="number">${shown(value)}</td></tr>`,
    )}</tbody></table>${rest > 0 ? markup`<p class="dim">and ${formatNumber(rest)} faster ones</p>` : NOTHING}`
}
