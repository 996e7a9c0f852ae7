import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/lib/errors.js'
import { REPORTER_NAMES } from '../../src/reporters/index.js'
import { parseReporterFlags } from '../../src/reporters/parse-reporter-flag.js'

describe('--reporter', () => {
  it.each([
    [[], []],
    [['table'], [{ name: 'table', path: undefined }]],
    [['json:-'], [{ name: 'json', path: undefined }]],
    [
      ['json:out/report.json', 'table'],
      [
        { name: 'json', path: 'out/report.json' },
        { name: 'table', path: undefined },
      ],
    ],
    [['ndjson:C:\\run.ndjson'], [{ name: 'ndjson', path: 'C:\\run.ndjson' }]],
  ])('%j', (values, requests) => {
    expect(parseReporterFlags(values)).toEqual(requests)
  })

  it.each([
    [['jsn'], 'there is no reporter "jsn"', 'did you mean "json"?'],
    [['xyzzy'], 'there is no reporter "xyzzy"', `there are ${REPORTER_NAMES.join(', ')}`],
    [['json', 'table'], 'only one reporter can write to standard output, not json and table', '--reporter table:PATH'],
    [['json:'], 'a path must follow the colon', '--reporter json:report.json'],
    [['json:a', 'ndjson:a'], 'two reporters would write to a', ''],
  ])('%j is refused', (values, message, suggestion) => {
    const parse = () => parseReporterFlags(values)
    expect(parse).toThrow(UsageError)
    expect(parse).toThrow(message)
    try {
      parse()
    } catch (error) {
      expect((error as UsageError).suggestions.join()).toContain(suggestion)
    }
  })
})
