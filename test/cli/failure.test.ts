import { Errors } from '@oclif/core'
import { describe, expect, it } from 'vitest'
import { failureJson, failureText, toFailure } from '../../src/cli/failure.js'
import { UsageError } from '../../src/lib/errors.js'
import { SpecError } from '../../src/spec/issue.js'

const HOSTILE = 'x\x1b]0;owned\x07\u202e'
const place = { file: `f${HOSTILE}`, line: 1, column: 1, text: `key${HOSTILE}` }
const style = { color: false, debug: true, version: '0.1.0' }

describe('an error that ends a command', () => {
  it.each([
    ['a usage error', new UsageError(HOSTILE, { suggestions: [HOSTILE] }), 2, 'usage'],
    [
      'an invalid check file',
      new SpecError([{ level: 'error', message: HOSTILE, hint: HOSTILE, place }]),
      2,
      'check_file',
    ],
    ['an error of the parser', new Errors.CLIError(HOSTILE), 2, 'usage'],
    ['a bug', new TypeError(HOSTILE), 70, 'bug'],
    ['a bug that throws no error', HOSTILE, 70, 'bug'],
    ['a bug without words', new Error(''), 70, 'bug'],
  ])('%s', (_name, error, exit, code) => {
    const failure = toFailure(error, { flags: [] })
    expect(failure).toMatchObject({ exitCode: exit, code })
    const text = failureText(failure, style)
    expect(text).not.toMatch(/[^\P{C}\n]/u)
    expect(text.includes('--debug') || text.includes('stack below')).toBe(exit === 70)
    const json = failureJson(failure)
    expect(json).not.toMatch(/[^\P{C}\n]/u)
    expect(JSON.parse(json)).toMatchObject({ schema_version: 1, error: { code }, exit: { code: exit } })
  })

  it('shows its stack only when asked', () => {
    const failure = toFailure(new TypeError('oops'), { flags: [] })
    expect(failureText(failure, { ...style, debug: false })).not.toContain('failure.test')
    expect(failureText(failure, style)).toContain('failure.test')
  })
})
