import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { parseMatcher } from '../../src/judge/parse-matcher.js'
import { http } from '../../src/kinds/http/kind.js'
import type { Observed } from '../../src/kinds/kind.js'
import { directoryOf, runCli } from '../support/run-cli.js'
import { checkOf, runKind } from './run.js'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function serve(answer: RequestListener, host = '127.0.0.1'): Promise<number> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  closers.push(() => new Promise<void>((resolve) => void server.close(() => resolve())))
  return (server.address() as AddressInfo).port
}

const answering =
  (body: string, headers: Record<string, string | string[]> = {}): RequestListener =>
  (_, response) =>
    void response.writeHead(200, headers).end(body)

/** Observes with an assertion on each of the subjects, as the check file would name them. */
async function observed(spec: object, expectations: Readonly<Record<string, unknown>> = {}) {
  const parsed = checkOf(http, spec).spec
  const assertions = Object.entries(expectations).map(([subject, raw]) => {
    const found = http.family?.(subject, parsed) ?? http.subjects(parsed).find(({ name }) => name === subject)
    if (found === undefined) throw new Error(subject)
    const read = parseMatcher(raw, found)
    if (!read.ok) throw new Error(read.message)
    return { level: 'expect' as const, subject, matcher: read.matcher, origin: 'file' as const }
  })
  const { observation } = await runKind(http, spec, { check: { assertions, timeoutMs: 3000 }, now: () => new Date() })
  return observation
}

describe('a JSON path', () => {
  const BODY = JSON.stringify({
    status: 'ok',
    none: null,
    list: [1, 'two'],
    inner: { a: 1 },
    hits: [{ id: 1 }, { id: 2 }],
    big: 1,
  }).replace('"big":1', '"big":9007199254740993')
  const cases: readonly (readonly [string, unknown, Observed])[] = [
    ['$.status', 'ok', 'ok'],
    ['$.list', { contains: 1 }, [1, 'two']],
    ['$.hits[*].id', { length: 2 }, [1, 2]],
    ['$.hits[0].id', 1, 1],
    ['$.inner', { contains: '"a":1' }, '{"a":1}'],
    ['$.none', { null: true }, null],
    ['$.absent', { exists: false }, null],
    ['$.absent', 'ok', { unobserved: 'the answer has nothing at json:$.absent' }],
    ['$.big', 1, { unobserved: 'the number is beyond what is read exactly' }],
  ]
  it.each(cases)('%s against %j is %j', async (path, matcher, value) => {
    const port = await serve(answering(BODY))
    const { subjects } = await observed({ url: `http://127.0.0.1:${port}/` }, { [`json:${path}`]: matcher })
    expect(subjects[`json:${path}`]).toEqual(value)
  })

  it.each([
    ['<html>jane@example.net</html>', 'the body is not JSON'],
    ['', 'the body is empty, so no JSON'],
    ['['.repeat(100_000), 'the body is not JSON'],
  ])('in %j is not measured: %s', async (body, unobserved) => {
    const port = await serve(answering(body))
    const { subjects } = await observed({ url: `http://127.0.0.1:${port}/` }, { 'json:$.a': 1 })
    expect(subjects['json:$.a']).toEqual({ unobserved })
  })

  it('in JSON that is nested without end is not measured', async () => {
    const port = await serve(answering(`${'['.repeat(60_000)}${']'.repeat(60_000)}`))
    const { subjects } = await observed({ url: `http://127.0.0.1:${port}/` }, { 'json:$..a': 1 })
    expect(subjects['json:$..a']).toHaveProperty('unobserved')
  })
})

describe('a header', () => {
  it.each<[string, unknown, Observed]>([
    ['content-type', { contains: 'json' }, 'application/json'],
    ['Content-Type', { contains: 'json' }, 'application/json'],
    ['set-cookie', { contains: 'a=1' }, 'a=1, b=2'],
    ['x-absent', { exists: false }, null],
    ['x-absent', 'x', { unobserved: 'the answer has nothing at header:x-absent' }],
    ['constructor', { exists: false }, null],
  ])('%s against %j is %j', async (name, matcher, value) => {
    const port = await serve(answering('{}', { 'content-type': 'application/json', 'set-cookie': ['a=1', 'b=2'] }))
    const { subjects } = await observed({ url: `http://127.0.0.1:${port}/` }, { [`header:${name}`]: matcher })
    expect(subjects[`header:${name}`]).toEqual(value)
  })
})

describe('a body', () => {
  it('is decoded by its charset', async () => {
    const port = await serve((_, response) =>
      response.writeHead(200, { 'content-type': 'text/plain; charset=iso-8859-1' }).end(Buffer.from([0xe4])),
    )
    expect((await observed({ url: `http://127.0.0.1:${port}/` })).subjects['body']).toBe('ä')
  })

  it('larger than max_body is not judged in part', async () => {
    const port = await serve(answering(`${'x'.repeat(2000)}ready`))
    const { subjects } = await observed({ url: `http://127.0.0.1:${port}/`, max_body: '1KiB' })
    const unobserved = 'the body is larger than 1KiB (max_body)'
    expect(subjects).toMatchObject({
      status: 200,
      body: { unobserved },
      body_size: { unobserved },
      latency: { unobserved },
    })
  })
})

describe('both families', () => {
  it('are asked, and the one that does not answer is named', async () => {
    const port = await serve(answering('ok'))
    const { subjects, notes } = await observed({ url: `http://localhost:${port}/`, family: 'both' })
    expect(subjects).toMatchObject({ reachable: false, failed_step: expect.stringMatching(/^(name|connect)$/) })
    expect(notes?.join('\n')).toMatch(/^over IPv6: (name|connect): /)
  })
})

describe('what may change something', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s is not sent without --allow-writes', async (method) => {
    let asked = 0
    const port = await serve((_, response) => {
      asked++
      response.end()
    })
    const refused = observed({ url: `http://127.0.0.1:${port}/`, method })
    await expect(refused).rejects.toThrow(`a request by ${method} needs --allow-writes`)
    expect(asked).toBe(0)
  })
})

describe('the report', () => {
  const BODY = 'hunter2-of-jane'
  const HEADER = 'x-canary-value'
  const COOKIE = 'sid=c00kie-canary'

  async function report(more: readonly string[]): Promise<string> {
    const port = await serve(
      answering(JSON.stringify({ password: BODY, list: [BODY] }), { 'x-own': HEADER, 'set-cookie': COOKIE }),
    )
    const place = directoryOf({
      'postflight.yaml': `version: 1
defaults: { owner: me, severity: high, remediation: Look. }
checks:
  - id: api
    kind: http
    url: "http://127.0.0.1:${port}/?key=q-canary"
    retry: none
    timeout: 5s
    expect:
      body: { matches: nothing-like-it }
      "json:$.password": { matches: nothing-like-it }
      "json:$.list": { contains: nothing-like-it }
      "header:x-own": { ne: x }
      "header:set-cookie": nothing-like-it
`,
    })
    try {
      const { stdout, stderr, code } = await runCli(
        ['verify', '--reporter', 'table', '--reporter', `ndjson:${place.path}/run.ndjson`, ...more],
        { cwd: place.path },
      )
      expect(code, stderr).toBe(1)
      const { readFileSync } = await import('node:fs')
      return stdout + stderr + readFileSync(`${place.path}/run.ndjson`, 'utf8')
    } finally {
      place.remove()
    }
  }

  it('holds nothing of body, JSON and headers that no expectation compares', async () => {
    const text = await report([])
    for (const canary of [BODY, HEADER, COOKIE, 'q-canary']) expect(text).not.toContain(canary)
    expect(text).toContain('not shown: text of')
  })

  it('holds them with --show-data, but for cookies', async () => {
    const text = await report(['--show-data'])
    for (const canary of [BODY, HEADER]) expect(text).toContain(canary)
    for (const canary of [COOKIE, 'q-canary']) expect(text).not.toContain(canary)
  })
})
