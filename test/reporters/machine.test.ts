import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createJson } from '../../src/reporters/json.js'
import { createNdjson } from '../../src/reporters/ndjson.js'
import { RUNS, recorded, render } from './support.js'

describe('json', () => {
  it.each(RUNS)('document of the run "%s"', async (run) => {
    const text = await render(recorded(run), createJson)
    await expect(text).toMatchFileSnapshot(`../../fixtures/reporters/expected/json-${run}.txt`)
  })

  it('is bounded: counts stay exact, findings are the first of each check', async () => {
    const [start, ...rest] = recorded('mixed')
    const at = rest.findIndex((event) => event.type === 'check:start' && event.id === 'uploads-on-disk') + 1
    const flood = Array.from({ length: 5000 }, (_, index) => ({
      v: 1 as const,
      type: 'check:finding' as const,
      id: 'uploads-on-disk',
      finding: { finding: 'missing', key: `flood/${index}` },
    }))
    const document = JSON.parse(await render([start!, ...rest.slice(0, at), ...flood, ...rest.slice(at)], createJson))
    const check = document.checks.find(({ id }: { id: string }) => id === 'uploads-on-disk')
    expect(check.findings).toHaveLength(20)
    expect(check.counts).toEqual({ missing: 12, size_mismatch: 1, orphaned: 3 })
  })

  it('makes up no verdict for a run that broke off', async () => {
    const document = JSON.parse(await render(recorded('broken-off'), createJson))
    expect(document).toMatchObject({ exit: null, counts: null, gate: { status: null } })
    expect(document.checks.map(({ outcome }: { outcome: unknown }) => outcome)).toEqual(['pass', null])
  })
})

describe('ndjson', () => {
  it.each(RUNS)('of the run "%s" is its events, byte for byte', async (run) => {
    const text = await render(recorded(run), createNdjson)
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(recorded(run))
    const again = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(await render(again, createNdjson)).toBe(text)
  })

  it('waits for a slow reader, so that memory stays flat', async () => {
    let release: (() => void) | undefined
    const out = new Writable({
      highWaterMark: 10,
      write: (_chunk, _encoding, done) => {
        release = done
      },
    })
    const reporter = createNdjson({ out })
    const [event] = recorded('mixed')
    let settled = false
    const written = Promise.resolve(reporter.onEvent(event!)).then(() => {
      settled = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(settled).toBe(false)
    release?.()
    await written
    expect(settled).toBe(true)
  })

  it('does not hang on a reader that goes away while it is waited for', async () => {
    const out = new Writable({ highWaterMark: 10, write: () => {} })
    out.on('error', () => {})
    const reporter = createNdjson({ out })
    const [event] = recorded('mixed')
    const written = reporter.onEvent(event!)
    out.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
    await written
    await reporter.onEvent(event!)
  })
})
