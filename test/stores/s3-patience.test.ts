import { describe, expect, it } from 'vitest'
import { createPatience } from '../../src/stores/s3/patience.js'

function patience() {
  let time = 1_000_000
  const made = createPatience('media', () => time)
  return { ...made, pass: (seconds: number) => (time += seconds * 1000), now: () => time }
}

describe('patience with a store', () => {
  it('is over when for a minute nothing came of any request, and begins again after a pause', () => {
    const { check, inVain, pass, now } = patience()
    for (let tried = 0; tried < 8; tried++) {
      const sent = now()
      pass(8)
      check()
      inVain(sent, 'HTTP 503 SlowDown')
    }
    expect(check).toThrow('media: all requests were in vain for 64 s: HTTP 503 SlowDown')
    pass(9)
    expect(check).toThrow(/in vain/)
    pass(1)
    expect(check).not.toThrow()
    inVain(now(), 'HTTP 503 SlowDown')
    expect(check).toThrow(/in vain for 74 s/)
  })

  it('is new after any answer', () => {
    const { answered, check, inVain, pass, now } = patience()
    inVain(now(), 'ECONNREFUSED')
    pass(50)
    answered()
    inVain(now(), 'ECONNREFUSED')
    pass(50)
    inVain(now(), 'ECONNREFUSED')
    expect(check).not.toThrow()
  })

  it('remembers no trouble of long ago', () => {
    const { check, inVain, pass, now } = patience()
    inVain(now(), 'ECONNREFUSED')
    pass(300)
    inVain(now(), 'ECONNREFUSED')
    expect(check).not.toThrow()
  })
})
