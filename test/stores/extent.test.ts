import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { keyFromText } from '../../src/lib/key.js'
import { countFirst } from '../../src/stores/extent.js'
import { inodesInUse } from '../../src/stores/files/inodes.js'
import type { Entry, Page, Store } from '../../src/stores/store.js'

const { signal } = new AbortController()

/** A page of so many entries of two bytes each. */
function page(entries: number, more: Partial<Page> = {}): Page {
  return {
    entries: Array.from({ length: entries }, (_, n): Entry => ({ key: keyFromText(`f${n}`), size: 2 })),
    ...more,
  }
}

/** A listing of the test; behind its pages it hangs until it is told to stop. */
function hanging(pages: readonly Page[]): Store['list'] {
  return async function* (options) {
    yield* pages
    options.signal.throwIfAborted()
    await new Promise((_, reject) => options.signal.addEventListener('abort', () => reject(options.signal.reason)))
  }
}

const from = (pages: readonly Page[]): Store['list'] =>
  async function* () {
    yield* pages
  }

describe('countFirst', () => {
  const limits = { signal, most: 10, forMs: 60_000 }

  it('counts all of a short listing, and tells what cannot be listed', async () => {
    const gap = { from: keyFromText('b'), to: undefined, code: 'forbidden', reason: 'permission denied' } as const
    const counted = await countFirst(from([page(4), page(5, { gaps: [gap] })]), limits)
    expect(counted).toEqual({ entries: 9, bytes: 18, more: false, gaps: ['permission denied'] })
  })

  it('goes no further than it must', async () => {
    expect(await countFirst(hanging([page(6), page(6)]), limits)).toEqual({
      entries: 12,
      bytes: 24,
      more: true,
      gaps: [],
    })
  })

  it('ends in time with what it has', async () => {
    expect(await countFirst(hanging([page(6)]), { ...limits, forMs: 20 })).toMatchObject({ entries: 6, more: true })
  })

  it('ends with the reason of the signal, and with any other error', async () => {
    const stop = new AbortController()
    const counting = countFirst(hanging([page(6)]), { ...limits, signal: stop.signal })
    stop.abort(new Error('enough'))
    await expect(counting).rejects.toThrow('enough')
    const broken: Store['list'] = async function* () {
      yield page(1)
      throw new Error('broken off')
    }
    await expect(countFirst(broken, limits)).rejects.toThrow('broken off')
  })
})

describe('inodesInUse', () => {
  it('counts more than what was just made, or says nothing; of nothing there is none', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'inodes-'))
    try {
      const used = await inodesInUse(keyFromText(directory))
      expect(used === undefined || used > 0).toBe(true)
      expect(await inodesInUse(keyFromText(join(directory, 'gone')))).toBeUndefined()
    } finally {
      await rm(directory, { recursive: true })
    }
  })
})
