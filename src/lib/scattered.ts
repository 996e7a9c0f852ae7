const GOLDEN = (Math.sqrt(5) - 1) / 2

/** From 0 up to 1, all over it as `n` goes on, and in no rhythm. */
export function scattered(n: number): number {
  return (n * GOLDEN) % 1
}
