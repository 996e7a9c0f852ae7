/** The demo's own judge must be able to say no: each case spoils a recording in which all was found. */
import { expect, test } from 'vitest'
import type { Expected } from '../../fixtures/shop/fault.js'
import { FAULTS } from '../../fixtures/shop/faults.js'
import { generateShop } from '../../fixtures/shop/generate.js'
import { asPlanted, type Recording, verdict } from '../../fixtures/shop/verdict.js'
import type { CheckEnd } from '../../src/engine/events.js'
import type { Finding } from '../../src/kinds/kind.js'

const data = generateShop()

const NEEDS = ['env SMTP_PASSWORD', 'tcp 127.0.0.1:2525']
const seen = (actual: Expected['actual']) => (typeof actual === 'object' ? actual[0] : actual)

/** A run in which every fault was named by its check, and one more check passed. */
function perfect(): Recording {
  const ids = [...new Set(FAULTS.map(({ check }) => check)), 'orders-have-customers']
  const findings = new Map<string, Finding[]>()
  const ends = ids.map((id): CheckEnd => {
    const faults = FAULTS.filter(({ check }) => check === id)
    const expected = faults.flatMap((fault) => fault.expected(data).map((item) => ({ ...item, level: fault.outcome })))
    findings.set(
      id,
      expected.flatMap(({ subject, keys = [], like }) =>
        [...keys, ...NEEDS.filter((key) => like?.test(key))].map((key) => ({ finding: subject, key })),
      ),
    )
    return {
      v: 1,
      type: 'check:end',
      id,
      at: '2026-01-01T00:00:00.000Z',
      outcome: faults.some(({ outcome }) => outcome === 'fail') ? 'fail' : faults.length > 0 ? 'warn' : 'pass',
      subjects: Object.fromEntries(expected.map(({ subject, actual }) => [subject, seen(actual)])),
      unobserved: {},
      assertions: expected.map(({ subject, actual, level }) => ({
        level: level === 'fail' ? 'expect' : 'warn',
        subject,
        op: 'eq',
        expected: '0',
        actual: seen(actual),
        ok: false,
        origin: 'file',
      })),
      counts: {},
      known: 0,
      vantage: 'local',
      attempts: [],
      duration_ms: 1,
      gaps: [],
      diagnoses: faults.flatMap(({ diagnoses }) => (diagnoses === undefined ? [] : [{ summary: 'one cause' }])),
      notes: [],
    }
  })
  return { ends, findings }
}

const change = (recording: Recording, id: string, patch: (end: CheckEnd) => Partial<CheckEnd>): Recording => ({
  ...recording,
  ends: recording.ends.map((end) => (end.id === id ? { ...end, ...patch(end) } : end)),
})

const refind = (
  recording: Recording,
  id: string,
  edit: (list: readonly Finding[]) => readonly Finding[],
): Recording => ({
  ...recording,
  findings: new Map([...recording.findings].map(([key, list]) => [key, key === id ? edit(list) : list])),
})

test('all found, nothing else', () => {
  expect(asPlanted(verdict(FAULTS, data, perfect()))).toBe(true)
})

test.each<[string, (recording: Recording) => Recording]>([
  ['a check that did not run', (run) => ({ ...run, ends: run.ends.filter(({ id }) => id !== 'sequences-behind') })],
  ['one avatar too few', (run) => refind(run, 'avatars-on-disk', (list) => list.slice(1))],
  [
    'the wrong avatar',
    (run) => refind(run, 'avatars-on-disk', (list) => [{ finding: 'missing', key: 'other' }, ...list.slice(1)]),
  ],
  [
    'a finding too many',
    (run) => refind(run, 'avatars-on-disk', (list) => [...list, { finding: 'orphaned', key: 'x' }]),
  ],
  [
    'a fault found by another check as well',
    (run) => change(run, 'orders-have-customers', () => ({ outcome: 'fail' })),
  ],
  [
    'a finding in a check that passed',
    (run) => refind(run, 'orders-have-customers', () => [{ finding: 'violations' }]),
  ],
  [
    'a count off by one',
    (run) =>
      change(run, 'table-rows[order_items]', ({ assertions }) => ({
        assertions: assertions.map((assertion) => ({ ...assertion, actual: Number(assertion.actual) + 1 })),
      })),
  ],
  [
    'another need than the planted one',
    (run) =>
      refind(run, 'mailer-can-work', (list) =>
        [...list, ...list].slice(0, 2).map((one) => ({ ...one, key: 'env OTHER' })),
      ),
  ],
  [
    'a certificate that ends on another day',
    (run) =>
      change(run, 'shop-certificate', ({ assertions }) => ({
        assertions: assertions.map((assertion) => ({ ...assertion, actual: 86_400_000 })),
      })),
  ],
  ['no diagnosis for the old prefix', (run) => change(run, 'invoices-on-disk', () => ({ diagnoses: [] }))],
  ['an error in place of a failure', (run) => change(run, 'sequences-behind', () => ({ outcome: 'error' }))],
  [
    'a warning in place of a failure',
    (run) =>
      change(run, 'sequences-behind', ({ assertions }) => ({
        assertions: assertions.map((assertion) => ({ ...assertion, level: 'warn' as const })),
      })),
  ],
])('not as planted: %s', (_, spoil) => {
  expect(asPlanted(verdict(FAULTS, data, spoil(perfect())))).toBe(false)
})

test('in a healthy shop any finding is one too many', () => {
  const run = perfect()
  const healthy = { ends: run.ends.filter(({ outcome }) => outcome === 'pass'), findings: new Map() }
  expect(asPlanted(verdict([], data, healthy))).toBe(true)
  expect(asPlanted(verdict([], data, run))).toBe(false)
})
