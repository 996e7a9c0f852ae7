/** A row of numbers as a line of bars. */

const BARS = { unicode: '▁▂▃▄▅▆▇█', ascii: '_.-=*#' } as const

/** One character for each number, from the least to the greatest of them; those not known are blanks. */
export function sparkline(
  numbers: readonly (number | undefined)[],
  { unicode }: { readonly unicode: boolean },
): string {
  const bars = unicode ? BARS.unicode : BARS.ascii
  const known = numbers.filter((number) => number !== undefined)
  const least = Math.min(...known)
  const span = Math.max(...known) - least
  return numbers
    .map((number) => {
      if (number === undefined) return ' '
      const height = span === 0 ? 0.5 : (number - least) / span
      return bars[Math.round(height * (bars.length - 1))]
    })
    .join('')
}
