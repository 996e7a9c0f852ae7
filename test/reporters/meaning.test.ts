/** What the formats for machines say of a run, where a reader would act on it. */
import { describe, expect, it } from 'vitest'
import type { RunEnd, RunEvent } from '../../src/engine/events.js'
import { nagiosExit, nagiosState } from '../../src/engine/exit-code.js'
import { type ReporterName, reporters } from '../../src/reporters/index.js'
import { recorded, render } from './support.js'

const told = async (name: ReporterName, events: readonly RunEvent[], options = {}) =>
  render(events, await reporters[name].load(), options)

const FORMATS = ['junit', 'sarif', 'markdown', 'tap', 'nagios', 'prometheus'] as const
const start = recorded('mixed').find((event) => event.type === 'run:start')
const planned = start?.type === 'run:start' ? start.checks : []

/** With every end event as `change` leaves it. */
const changed = (run: string, change: (end: RunEnd) => RunEnd): RunEvent[] =>
  recorded(run).map((event) => (event.type === 'run:end' ? change(event) : event))

describe.each(FORMATS)('%s', (name) => {
  it.each(planned.map((check) => [check.id, check] as const))(
    'names %s with owner, severity, place and time',
    async (id, check) => {
      const text = (await told(name, recorded('mixed'))).replaceAll('\\', '')
      // Of Nagios those that passed are a number.
      if (name === 'nagios' && !text.includes(id)) return expect(['orders-rows', planned.at(-1)?.id]).toContain(id)
      for (const word of [id, check.owner, check.severity, check.place.file, String(check.place.line)])
        expect(text).toContain(word)
    },
  )
})

describe('what a reader takes for success', () => {
  it.each([
    [
      'junit',
      /<testcase classname="postflight" name="gate" time="0.000"><error type="gate" message="not passed \(exit 4\)/,
    ],
    ['tap', /^not ok 1 - gate: not passed \(exit 4\): no check was selected$/m],
    ['gitlab', /"check_name": "postflight\/gate"/],
    ['github', /^::error title=postflight::not passed \(exit 4\)/],
    ['nagios', /^POSTFLIGHT UNKNOWN: not passed \(exit 4\): no check was selected \|/],
    ['prometheus', /^postflight_run_success.* 0$/m],
    ['sarif', /"executionSuccessful":false/],
    ['markdown', /\*\*not passed \(exit 4\)/],
  ] as const)('%s of a run without a check is none', async (name, expected) => {
    expect(await told(name, recorded('empty'))).toMatch(expected)
  })

  it.each([
    ['junit', /<error type="error" message="the run broke off before this check was over">/],
    ['tap', /^Bail out! the run broke off$/m],
    ['github', /^::error .*the run broke off before this check was over/m],
    ['nagios', /^POSTFLIGHT UNKNOWN: 1 of 2 could not be told/],
    ['prometheus', /^postflight_run_success.* 0$/m],
    ['sarif', /"executionSuccessful":false/],
    ['gitlab', /the run broke off before this check was over/],
    ['markdown', /no verdict: the run broke off/],
  ] as const)('%s of a run that broke off is none', async (name, expected) => {
    expect(await told(name, recorded('broken-off'))).toMatch(expected)
  })

  it.each([
    ['junit', /failures="0" errors="0"/],
    ['tap', /^(?!.*^not ok)/ms],
    ['gitlab', /^\[\]\n$/],
    ['github', /^$/],
    ['nagios', /^POSTFLIGHT OK: 3 checks passed/],
    ['prometheus', /^postflight_run_success.* 1$/m],
    ['sarif', /"results":\[\]/],
    ['markdown', /\*\*3 checks passed in 8.1s\*\*/],
  ] as const)('%s of a run in which all passed is one', async (name, expected) => {
    expect(await told(name, recorded('all-passed'))).toMatch(expected)
  })
})

describe('alerts stay themselves', () => {
  it('whatever the check came to, and wherever it stands in its file by now', async () => {
    const moved = recorded('mixed').map((event) =>
      event.type === 'run:start'
        ? {
            ...event,
            checks: event.checks.map((check) => ({ ...check, place: { ...check.place, line: check.place.line + 7 } })),
          }
        : event,
    )
    const prints = async (events: readonly RunEvent[]) => {
      const sarif = JSON.parse(await told('sarif', events)).runs[0].results
      const gitlab = JSON.parse(await told('gitlab', events))
      return [
        sarif.map(({ partialFingerprints }: { partialFingerprints: unknown }) => partialFingerprints),
        gitlab.map(({ fingerprint }: { fingerprint: string }) => fingerprint),
      ]
    }
    expect(await prints(moved)).toEqual(await prints(recorded('mixed')))
  })

  it('SARIF points at the line of the check, and at the error in it', async () => {
    const { results } = JSON.parse(await told('sarif', recorded('mixed'))).runs[0]
    const bucket = results.find(({ ruleId }: { ruleId: string }) => ruleId === 'media-in-bucket')
    expect(bucket.locations[0].physicalLocation).toMatchObject({
      artifactLocation: { uri: 'postflight.yaml' },
      region: { startLine: 60, startColumn: 5 },
    })
    expect(bucket.relatedLocations[0].physicalLocation.region).toMatchObject({ startLine: 63, startColumn: 12 })
  })

  it('SARIF marks what is waived as accepted, and as no more than a note', async () => {
    const { results } = JSON.parse(await told('sarif', recorded('mixed'))).runs[0]
    const waived = results.find(({ ruleId }: { ruleId: string }) => ruleId === 'avatars-on-disk')
    expect(waived).toMatchObject({ level: 'note', suppressions: [{ status: 'accepted' }] })
  })
})

describe('levels of GitHub', () => {
  const levels = async (events: readonly RunEvent[]) =>
    (await told('github', events))
      .split('\n')
      .flatMap((line) => /^::(\w+) .*title=([\w-]+)%3A/.exec(line)?.slice(1, 3).join(' ') ?? [])

  it('an error is what holds the gate shut', async () => {
    expect(await levels(recorded('mixed'))).toEqual([
      'error uploads-on-disk',
      'error orders-without-customer',
      'error media-in-bucket',
      'error thumbnails-in-bucket',
      'warning events-rows',
    ])
  })

  it('what the gate lets pass is a warning', async () => {
    const open = changed('mixed', (end) => ({
      ...end,
      gate: { ...end.gate, failed: [], unevaluated: [] },
      exit: { code: 0, reason: '' },
    }))
    expect(new Set((await levels(open)).map((line) => line.split(' ')[0]))).toEqual(new Set(['warning']))
  })
})

describe('the state for Nagios', () => {
  const end = recorded('mixed').find((event) => event.type === 'run:end') as RunEnd
  const clean = { ...end.tally, outcomes: { ...end.tally.outcomes, warn: 0, fail: 0, error: 0, blocked: 0 } }
  it.each([
    [0, clean, 0],
    [0, end.tally, 1],
    [1, end.tally, 2],
    [3, end.tally, 3],
    [4, clean, 3],
    [5, clean, 3],
    [130, end.tally, 3],
  ] as const)('of exit code %i', (code, tally, state) => {
    expect(nagiosState({ ...end, tally, exit: { code, reason: '' } })).toBe(state)
  })

  it('is not known of a run without an end, nor where a report is not where it should be', () => {
    expect(nagiosState(undefined)).toBe(3)
    const passed = { ...end, tally: clean, exit: { code: 0, reason: '' } }
    expect(nagiosExit({ code: 0, reason: '' }, passed).code).toBe(0)
    expect(nagiosExit({ code: 5, reason: '' }, passed).code).toBe(3)
  })
})

describe('the last success for Prometheus', () => {
  const last = (text: string) => /^postflight_last_success_timestamp_seconds.* (\S+)$/m.exec(text)?.[1]
  const after = (events: readonly RunEvent[], earlier: string) =>
    told('prometheus', events, { earlier: async () => earlier })
  const failing = recorded('all-passed').map((event) =>
    event.type === 'run:end'
      ? { ...event, at: '2026-11-24T00:00:00.000Z', exit: { code: 1 as const, reason: '' } }
      : event,
  )

  it('is the end of a run that passed', async () => {
    const text = await told('prometheus', recorded('all-passed'))
    const ended = recorded('all-passed').at(-1) as RunEnd
    expect(last(text)).toBe(String(Date.parse(ended.at) / 1000))
  })

  it('is carried over from the file of the run before', async () => {
    const passed = await told('prometheus', recorded('all-passed'))
    const failed = await after(failing, passed)
    expect(last(failed)).toBe(last(passed))
    expect(await after(failing, failed)).toBe(failed)
  })

  it('never goes back where an old run is told over a newer file', async () => {
    const passed = await told('prometheus', recorded('all-passed'))
    const newer = passed.replace(/^(postflight_last_success_timestamp_seconds.*) \S+$/m, '$1 2000000000')
    expect(last(await after(recorded('all-passed'), newer))).toBe('2000000000')
  })

  it('is not that of other check files, nor of a part of these', async () => {
    const other = (await told('prometheus', recorded('all-passed'))).replaceAll('name="', 'name="other ')
    expect(last(await after(failing, other))).toBeUndefined()
  })
})
