/** A recorded run with as many findings as one wants, always the same for the same number: what the audit is measured with. */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { escapeJson } from '../src/lib/text-escape.js'

const CHECKS = ['uploads-on-disk', 'media-objects']
const AT = '2026-11-23T15:00:00.000Z'

/** About 250 bytes a finding. */
export async function writeRun(path: string, findings: number, seed = 1): Promise<void> {
  const out = createWriteStream(path)
  const put = async (event: unknown): Promise<void> => {
    if (!out.write(`${escapeJson(JSON.stringify(event))}\n`)) await once(out, 'drain')
  }
  const random = generator(seed)
  await put(runStart())
  const counts: Record<string, number> = {}
  for (const [index, id] of CHECKS.entries()) {
    await put({ v: 1, type: 'check:start', id, at: AT, attempt: 1 })
    // Nine in ten are of the first check.
    const own = index === 0 ? Math.ceil(findings * 0.9) : Math.floor(findings * 0.1)
    for (let number = 0; number < own; number++) {
      const finding = findingOf(random, number)
      counts[finding.finding] = (counts[finding.finding] ?? 0) + 1
      await put({ v: 1, type: 'check:finding', id, finding })
    }
    await put(checkEnd(id, counts))
  }
  await put(runEnd(findings))
  out.end()
  await once(out, 'close')
}

function findingOf(random: () => number, number: number): { readonly finding: string } & Record<string, unknown> {
  const year = 2015 + Math.floor(random() * 10)
  const directory = Math.floor(random() * 400)
  const name = `${(random() * 2 ** 32).toString(16).padStart(12, '0')}-${number}`
  // One in fifty is none of the plainest.
  const odd = random() < 0.02 ? 'Übergröße ' : ''
  const key = `originals/${year}/${String(directory).padStart(3, '0')}/${odd}${name}.jpeg`
  const size = Math.floor(random() * 5_000_000)
  const which = random()
  const row = { id: number, owner: `user-${Math.floor(random() * 9000)}@shop.example`, kind: 'image/jpeg' }
  if (which < 0.8) return { finding: 'missing', key, expected: { size }, refs: 1, row, recover_from: ['old-uploads'] }
  if (which < 0.9)
    return { finding: 'size_mismatch', key, expected: { size }, actual: { size: size - 1 }, refs: 1, row }
  return { finding: 'orphaned', key, actual: { size, modified: AT }, reason: 'it was there before the first row' }
}

function runStart() {
  return {
    v: 1,
    type: 'run:start',
    run: 'bench',
    name: 'shop after the move',
    at: AT,
    host: 'gate-1',
    versions: { postflight: '0.1.0', node: '20.19.0' },
    files: ['postflight.yaml'],
    selection: [],
    gate: { failOn: 'low', warnings: 'allow', unevaluated: 'block', minChecks: 1, allowEmpty: false },
    checks: CHECKS.map((id, index) => ({
      id,
      kind: 'artifacts',
      owner: 'team-shop',
      severity: 'critical',
      remediation: 'Restore the listed keys from the old host.',
      tags: [],
      requires: [],
      vantage: 'local',
      place: { file: 'postflight.yaml', line: 20 + index, column: 5, text: `  - id: ${id}` },
      plan: [],
    })),
    warnings: [],
  }
}

function checkEnd(id: string, counts: Readonly<Record<string, number>>) {
  return {
    v: 1,
    type: 'check:end',
    id,
    at: AT,
    outcome: 'fail',
    subjects: counts,
    unobserved: {},
    assertions: [
      {
        level: 'expect',
        subject: 'missing',
        op: 'eq',
        expected: '0',
        actual: counts['missing'],
        ok: false,
        origin: 'file',
      },
    ],
    counts,
    known: 0,
    vantage: 'local',
    attempts: [{ outcome: 'fail', at: AT, duration_ms: 9000 }],
    duration_ms: 9000,
    gaps: [],
    diagnoses: [],
    notes: [],
  }
}

function runEnd(findings: number) {
  return {
    v: 1,
    type: 'run:end',
    at: AT,
    duration_ms: 18_000,
    tally: {
      checks: 2,
      outcomes: { pass: 0, warn: 0, fail: 2, error: 0, blocked: 0, skip: 0, waived: 0 },
      evaluated: 2,
      findings,
      known: 0,
      assertions: 2,
    },
    gate: { status: 'failed', failed: CHECKS, unevaluated: [], warned: [], reason: '2 checks failed' },
    exit: { code: 1, reason: '2 checks failed' },
    warnings: [],
  }
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
