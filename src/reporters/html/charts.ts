/** Drawings as SVG in the page. What they say by shape and shade they say in words too: a label, a title, a number beside it. */
import { formatNumber } from '../../lib/text.js'
import type { Bar } from './distribution.js'
import { type Markup, markup, NOTHING } from './markup.js'

/** Drawn once, referred to by every chart: a shade alone is not seen by everybody, nor printed. */
export const PATTERNS = markup`<svg class="defs" width="0" height="0" aria-hidden="true" focusable="false"><defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch-ground" width="5" height="5"/><rect class="hatch-line" width="2" height="5"/></pattern></defs></svg>`

const WIDTH = 640
const HEIGHT = 150
const TOP = 14
const BOTTOM = 30

/** Columns upward for what is missing or otherwise wrong, downward for what has no row. */
export function mirroredColumns(bars: readonly Bar[], label: string, shown: (name: string) => string): Markup {
  const up = Math.max(0, ...bars.map(({ counts: [missing, , other] }) => missing + other))
  const down = Math.max(0, ...bars.map(({ counts: [, orphaned] }) => orphaned))
  const unit = (HEIGHT - TOP - BOTTOM) / Math.max(1, up + down)
  const middle = round(TOP + up * unit)
  const step = WIDTH / bars.length
  const width = round(Math.min(step * 0.78, 44))
  const height = (count: number): number => (count === 0 ? 0 : round(Math.max(1, count * unit)))
  const drawn = bars.map(({ name, counts: [missing, orphaned, other] }, index) => {
    const x = round(index * step + (step - width) / 2)
    const [m, o, t] = [height(missing), height(other), height(orphaned)]
    const title = `${shown(name)}: ${countWords([missing, orphaned, other])}`
    return markup`<g><title>${title}</title><rect class="hit" x="${round(index * step)}" y="0" width="${round(step)}" height="${HEIGHT}"/>${rect('missing', x, middle - m, width, m)}${rect('other', x, middle - m - o, width, o)}${rect('orphaned', x, middle + 1, width, t)}</g>`
  })
  const every = Math.max(1, Math.ceil(bars.length / Math.floor(WIDTH / 72)))
  const names = bars.map(({ name }, index) =>
    index % every === 0
      ? markup`<text class="tick" x="${round(index * step + step / 2)}" y="${HEIGHT - 4}" text-anchor="middle">${shown(name)}</text>`
      : NOTHING,
  )
  return markup`<svg class="columns" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${
    up === 0 ? NOTHING : markup`<text class="tick" x="0" y="10">${formatNumber(up)}</text>`
  }${drawn}<line class="axis" x1="0" x2="${WIDTH}" y1="${middle}" y2="${middle}"/>${names}${
    down === 0
      ? NOTHING
      : markup`<text class="tick" x="${WIDTH}" y="${HEIGHT - 18}" text-anchor="end">${formatNumber(down)}</text>`
  }</svg>`
}

/** One bar beside a row of a table: shares of `most`. */
export function rowBar(counts: Bar['counts'], most: number): Markup {
  const [missing, orphaned, other] = counts.map((count) => round((count / Math.max(1, most)) * 200)) as [
    number,
    number,
    number,
  ]
  return markup`<svg class="bar" viewBox="0 0 200 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">${rect('missing', 0, 0, missing, 10)}${rect('other', missing, 0, other, 10)}${rect('orphaned', missing + other, 0, orphaned, 10)}</svg>`
}

export function plainBar(value: number, most: number): Markup {
  const width = round(Math.max(1, (value / Math.max(1, most)) * 200))
  return markup`<svg class="bar" viewBox="0 0 200 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">${rect('plain', 0, 0, width, 10)}</svg>`
}

const SPARK = { width: 132, height: 30, edge: 4 } as const

/** A line over the runs, the last of them marked; where a run has nothing, the line is broken. */
export function sparkline(numbers: readonly (number | undefined)[], label: string): Markup {
  const known = numbers.filter((number) => number !== undefined)
  const [least, most] = [Math.min(...known), Math.max(...known)]
  const { width, height, edge } = SPARK
  const x = (index: number): number => round(edge + (index / Math.max(1, numbers.length - 1)) * (width - 2 * edge))
  const y = (number: number): number =>
    round(most === least ? height / 2 : height - edge - ((number - least) / (most - least)) * (height - 2 * edge))
  let path = ''
  numbers.forEach((number, index) => {
    if (number === undefined) return
    path += `${index > 0 && numbers[index - 1] !== undefined ? 'L' : 'M'}${x(index)} ${y(number)}`
    // A run between two that have nothing would leave no trace.
    if (numbers[index - 1] === undefined && numbers[index + 1] === undefined) path += 'h1'
  })
  const last = numbers.at(-1)
  const dot = last === undefined ? NOTHING : markup`<circle cx="${x(numbers.length - 1)}" cy="${y(last)}" r="2.6"/>`
  return markup`<svg class="spark" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}"><path d="${path}"/>${dot}</svg>`
}

/** Parts of a whole in one bar, in their order. */
export function sharesBar(parts: readonly { readonly name: string; readonly count: number }[], label: string): Markup {
  const whole = parts.reduce((sum, { count }) => sum + count, 0)
  if (whole === 0) return NOTHING
  let x = 0
  const drawn = parts.map(({ name, count }) => {
    const width = (count / whole) * WIDTH
    const part = rect(`share-${name}`, round(x), 0, round(Math.max(1, width - 2)), 14)
    x += width
    return part
  })
  return markup`<svg class="shares" viewBox="0 0 ${WIDTH} 14" preserveAspectRatio="none" role="img" aria-label="${label}">${drawn}</svg>`
}

export function countWords([missing, orphaned, other]: Bar['counts']): string {
  const words = [
    [missing, 'missing'],
    [orphaned, 'without a row'],
    [other, 'other'],
  ] as const
  const told = words.filter(([count]) => count > 0).map(([count, word]) => `${formatNumber(count)} ${word}`)
  return told.length === 0 ? 'none' : told.join(', ')
}

function rect(name: string, x: number, y: number, width: number, height: number): Markup {
  if (width <= 0 || height <= 0) return NOTHING
  return markup`<rect class="${name}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"/>`
}

function round(number: number): number {
  return Math.round(number * 100) / 100
}
