import { describe, expect, it } from 'vitest'
import { createPace } from '../../../src/tui/findings/pace.js'

/** A clock that each look at it moves on. */
function clock(step: number): () => number {
  let now = 0
  return () => {
    now += step
    return now
  }
}

describe('the pace of long work', () => {
  it('goes on at once while little time has passed', () => {
    const pace = createPace({ signal: new AbortController().signal }, clock(1))
    expect(pace.pause(0)).toBeUndefined()
  })

  it('lets what waits have its turn where much has', async () => {
    const pace = createPace({ signal: new AbortController().signal }, clock(20))
    let turned = false
    setImmediate(() => {
      turned = true
    })
    await pace.pause(0)
    expect(turned).toBe(true)
  })

  it('ends the work that was given up meanwhile', async () => {
    const stop = new AbortController()
    const pace = createPace({ signal: stop.signal }, clock(20))
    setImmediate(() => stop.abort())
    await expect(pace.pause(0)).rejects.toThrow(/abort/i)
  })

  it('does not begin what is given up', () => {
    expect(() => createPace({ signal: AbortSignal.abort() })).toThrow(/abort/i)
  })

  it('tells of progress a few times a second, stage after stage', async () => {
    const told: number[] = []
    const pace = createPace(
      { signal: new AbortController().signal, onProgress: (share) => told.push(share) },
      clock(50),
    )
    pace.stage(0.5)
    for (const share of [0, 0.25, 0.5, 0.75, 1]) await pace.pause(share)
    pace.stage(1)
    for (const share of [0, 0.25, 0.5, 0.75, 1]) await pace.pause(share)
    expect(told.length).toBeLessThan(9)
    expect(told[0]).toBe(0)
    expect(told).toEqual(told.toSorted((a, b) => a - b))
    expect(told.filter((share) => share > 0.5).length).toBeGreaterThan(0)
  })
})
