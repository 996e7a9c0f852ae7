/** How long an answer takes, and how far the clock that comes with it is from ours. */

export interface Trips {
  readonly latencyMs: number
  /** 0 where they may well be the same. */
  readonly skewMs?: number | undefined
}

/** `ask` gives the other clock, milliseconds since 1970, where the answer tells it; that of the middle of `resolutionMs`. */
export async function roundTrips(
  times: number,
  ask: () => Promise<number | undefined>,
  resolutionMs = 1,
): Promise<Trips> {
  const trips: { readonly ms: number; readonly ahead: number | undefined }[] = []
  for (let n = 0; n < times; n += 1) {
    const [began, before] = [Date.now(), performance.now()]
    const clock = await ask()
    const ms = performance.now() - before
    // It looked at its clock somewhere between our two looks: halfway is wrong by half of that time at most.
    const ahead = clock === undefined ? undefined : clock - (began + ms / 2)
    const within = (ms + resolutionMs) / 2
    trips.push({ ms, ahead: ahead === undefined || Math.abs(ahead) > within ? ahead : 0 })
  }
  const sorted = trips.toSorted((a, b) => a.ms - b.ms)
  return { latencyMs: sorted[Math.floor(sorted.length / 2)]?.ms ?? 0, skewMs: sorted[0]?.ahead }
}
