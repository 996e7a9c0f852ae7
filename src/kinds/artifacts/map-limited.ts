/**
 * Runs `work` on every item, at most `width` at once, and gives the results in the order of the items. After a failure
 * nothing new is begun, and what runs is waited for, so that nothing is still at work when the error is seen.
 */
export async function mapLimited<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = new Array(items.length)
  let next = 0
  let failed = false
  const worker = async () => {
    while (!failed && next < items.length) {
      const index = next++
      try {
        results[index] = await work(items[index] as T)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const workers = await Promise.allSettled(Array.from({ length: Math.min(width, items.length) }, worker))
  const failure = workers.find((outcome) => outcome.status === 'rejected')
  if (failure !== undefined) throw failure.reason
  return results
}
