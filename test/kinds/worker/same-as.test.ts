import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { children } from './children.js'
import { missing } from './look.js'

describe('variables that are the same in another place', () => {
  const running = children()
  const MARK = `same-${process.pid}`
  beforeAll(async () => {
    await running.start([MARK, 'mailer'], { KEY: 'one', OTHER: 'two', EMPTY: '', HERE: 'x' })
    await running.start([MARK, 'web'], { KEY: 'one', OTHER: 'three', EMPTY: '' })
  })
  afterAll(running.stop)
  const spec = (env: readonly string[], more = {}) => ({
    running: { command: `${MARK} mailer` },
    same_as: { from: 'local', command: `${MARK} web`, env, ...more },
  })

  it('are found to be so', async () => {
    expect(await missing(spec(['KEY']))).toMatchObject({ env_differs: 0, said: {} })
  })

  it('or are named; what is set in neither, or empty in both, agrees with nothing', async () => {
    const found = await missing(spec(['KEY', 'OTHER', 'EMPTY', 'HERE', 'NOWHERE']))
    expect(found.subjects['env_differs']).toBe(4)
    expect(found.said).toEqual({
      'env OTHER': 'another value than in local',
      'env EMPTY': 'empty here and in local',
      'env HERE': 'not set in local',
      'env NOWHERE': 'not set here and in local',
    })
  })

  it('have to be so in every process: an old one may still have the old value', async () => {
    await running.start([MARK, 'old'], { KEY: 'one' })
    await running.start([MARK, 'old'], { KEY: 'before' })
    const found = await missing(spec(['KEY'], { command: `${MARK} old` }))
    expect(found.said).toEqual({ 'env KEY': 'another value than in local' })
  })

  it('cannot be told where the other process is not found', async () => {
    const found = await missing(spec(['KEY'], { command: `${MARK} none` }))
    expect(found.gaps).toEqual(['environment of local: the process was not found'])
    expect(found.subjects['env_differs']).toEqual({ unobserved: 'environment of local: the process was not found' })
  })
})
